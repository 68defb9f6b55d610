package inspect

import (
	"strings"

	"github.com/redis/go-redis/v9"
)

// refusals are the answers with which a server refuses a command whatever its
// key, for as long as its state lasts, and what to do then.
var refusals = []struct{ prefix, next string }{
	{"OOM", "the server is full (maxmemory): free some memory and try again"},
	{"MISCONF", "the server cannot write its snapshot and takes no changes: see the server's log, free disk space and try again"},
	{"READONLY", "this server is a replica: open its master"},
	{"BUSY ", "a script keeps the server busy: try again when it has ended, or end it with SCRIPT KILL"},
	{"NOREPLICAS", "the server has too few replicas to accept writes: try again when they are back"},
	{"LOADING", hints[ConnLoading]},
	{"MASTERDOWN", hints[ConnLoading]},
	{"CLUSTERDOWN", "some slots of the cluster have no node: see CLUSTER INFO and try again"},
	{"TRYAGAIN", "the slot is being moved to another node: try again when the move is complete"},
	{"ASK ", "the slot is being moved to another node: try again when the move is complete"},
	{"NOAUTH", hints[ConnNoAuth]},
}

// refusedError is a server's refusal with what to do about it.
type refusedError struct {
	err  error
	next string
}

func (e *refusedError) Error() string {
	return strings.TrimSuffix(e.err.Error(), ".") + ": " + e.next
}

func (e *refusedError) Unwrap() error { return e.err }

// refused returns err with what to do about it when it is one of the refusals,
// which every other key would get, too; else nil.
func refused(err error) error {
	for _, r := range refusals {
		if redis.HasErrorPrefix(err, r.prefix) {
			return &refusedError{err, r.next}
		}
	}
	return nil
}

// advised is err, with what to do about it where that is known.
func advised(err error) error {
	if r := refused(err); r != nil {
		return r
	}
	return err
}
