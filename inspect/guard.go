package inspect

import (
	"context"
	"net"
	"strings"

	"github.com/redis/go-redis/v9"
)

// readCommands are the commands that look and do not touch. Commands with
// subcommands are listed with them. SELECT is not here, see guard.check.
var readCommands = newCommandSet(
	// Connections.
	"hello", "auth", "acl whoami", "acl dryrun", "ping", "quit", "asking", "readonly",
	"client setname", "client no-touch", "client tracking",
	"cluster slots", "cluster shards", "cluster nodes", "cluster info", "command",
	// The server and its keys.
	"info", "slowlog get", "dbsize", "scan", "type", "ttl", "pttl", "exists",
	"memory usage", "object encoding", "object idletime", "dump", "pexpiretime", "time",
	// Values.
	"strlen", "get", "getrange", "hlen", "hscan", "llen", "lrange", "scard", "sscan",
	"zcard", "zrange", "zrevrange", "zscan", "xlen", "xrange", "json.get", "json.type", "json.debug memory",
	// What the server answers about a value beside its members.
	"xinfo groups", "xinfo consumers", "hpexpiretime", "hrandfield",
	"vcard", "vdim", "vinfo", "vrange", "vrandmember", "vemb", "vgetattr", "vsim",
	"json.objkeys", "json.objlen", "json.arrlen",
	"ts.info", "bf.info", "cf.info", "topk.info", "topk.list", "cms.info", "tdigest.info",
)

// writeCommands are the only commands that change anything and may be sent, in
// a session that is not read-only.
var writeCommands = newCommandSet(
	"unlink", "del", "flushdb", "restore", "pexpire", "pexpireat", "rename", "persist", "renamenx",
	"watch", "unwatch", "multi", "exec", "discard", // see Client.transacts
)

// monitorCommands are all that is sent on the connection of a Monitor, which is
// none of go-redis and used for nothing else. MONITOR is on no other list: it
// slows the server down for everybody, and nobody gets it by accident.
var monitorCommands = newCommandSet("auth", "client setname", "monitor")

type commandSet map[string]struct{}

func newCommandSet(names ...string) commandSet {
	s := make(commandSet, len(names))
	for _, n := range names {
		s[n] = struct{}{}
	}
	return s
}

func (s commandSet) has(args []any) bool {
	name := word(args, 0)
	if _, ok := s[name]; ok {
		return true
	}
	_, ok := s[name+" "+word(args, 1)]
	return ok
}

func word(args []any, i int) string {
	if i >= len(args) {
		return ""
	}
	w, _ := args[i].(string)
	return strings.ToLower(w)
}

// guard is a go-redis hook on every client and every connection that this
// package opens. It refuses what is not on the lists before a byte is written;
// a batch with one refused command is refused whole.
type guard struct {
	readOnly bool
	db       int
	looks    *looks // counts what is sent; may be nil
}

func (g guard) check(ctx context.Context, cmd redis.Cmder) error {
	args := cmd.Args()
	switch {
	case readCommands.has(args), permits(ctx, args, g.readOnly):
		return nil
	case writeCommands.has(args), isEdit(args), isScript(args):
		if g.readOnly {
			return ErrReadOnly
		}
		return nil
	case word(args, 0) == "select" && len(args) == 2 && args[1] == g.db:
		// Only go-redis, on a new connection, and only this client's database.
		return nil
	}
	return &ForbiddenError{Command: strings.ToUpper(word(args, 0))}
}

// isEdit knows the forms of SET that are sent: of a key that exists, or does not,
// as it was when its copy was made (see Client.Set), and of one that keeps its
// expiry.
func isEdit(args []any) bool {
	switch {
	case word(args, 0) != "set":
		return false
	case len(args) == 4:
		return word(args, 3) == "xx" || word(args, 3) == "nx"
	}
	return len(args) == 5 && word(args, 3) == "xx" && word(args, 4) == "keepttl"
}

// DialHook changes nothing.
func (g guard) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		return next(ctx, network, addr)
	}
}

// ProcessHook refuses a command that is not allowed.
func (g guard) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if err := g.check(ctx, cmd); err != nil {
			cmd.SetErr(err)
			return err
		}
		err := next(ctx, cmd)
		if g.looks != nil {
			g.looks.count(cmd, err)
		}
		return err
	}
}

// ProcessPipelineHook refuses a batch that has a command that is not allowed.
func (g guard) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		for _, cmd := range cmds {
			if err := g.check(ctx, cmd); err != nil {
				for _, c := range cmds {
					c.SetErr(err)
				}
				return err
			}
		}
		err := next(ctx, cmds)
		if g.looks != nil {
			for _, cmd := range cmds {
				g.looks.count(cmd, cmd.Err())
			}
		}
		return err
	}
}
