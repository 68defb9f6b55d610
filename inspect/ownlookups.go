package inspect

import (
	"bytes"
	"errors"
	"sync/atomic"

	"github.com/redis/go-redis/v9"
)

// looks counts this session's own lookups of keys. The server adds them to
// keyspace_hits and keyspace_misses like everybody's, so that watching a quiet
// cache would make its hit ratio look good; Info takes them off again. sent
// counts every command, for the same reason.
type looks struct{ hits, misses, sent atomic.Int64 }

// lookups are the commands of readCommands that the server counts (seen on
// Redis 7.0; MEMORY USAGE and SCAN are not counted).
var lookups = newCommandSet(
	"type", "ttl", "pttl", "exists", "object encoding", "dump", "pexpiretime",
	"strlen", "getrange", "hlen", "hscan", "llen", "lrange", "scard", "sscan",
	"zcard", "zrange", "xlen", "xrange", "json.get", "json.type",
	"get", "zrevrange", "zscan", "hrandfield",
)

// detailLookups are counted by the server, too. They are sent for keys that
// exist, so an empty reply is not a miss (seen on Redis 8.0).
var detailLookups = newCommandSet(
	"hpexpiretime", "xinfo groups", "xinfo consumers",
	"vcard", "vdim", "vinfo", "vrange", "vrandmember", "vemb", "vgetattr", "vsim",
)

// count adds a command that was sent. Only metadata, which is asked for raw, is
// asked for keys that may not be there. err is what became of it; go-redis
// notes that in a single command only after its hooks.
func (l *looks) count(cmd redis.Cmder, err error) {
	l.sent.Add(1)
	detail := detailLookups.has(cmd.Args())
	if !detail && !lookups.has(cmd.Args()) {
		return
	}
	raw, ok := cmd.(*redis.RawCmd)
	if !ok {
		switch {
		case errors.Is(err, redis.Nil):
			l.misses.Add(1)
		case err == nil:
			l.hits.Add(1)
		}
		return
	}
	reply, err := raw.Result()
	switch {
	case err != nil || bytes.HasPrefix(reply, []byte("-")) && !bytes.HasPrefix(reply, []byte("-WRONGTYPE")):
	case !detail && nothing(reply, word(cmd.Args(), 0)):
		l.misses.Add(1)
	default:
		l.hits.Add(1)
	}
}

// nothing tells whether a reply means that there is no such key: TYPE says
// none, PTTL and PEXPIRETIME say -2, and a length of 0 or an empty part is all
// but always a key that is not there.
func nothing(reply []byte, command string) bool {
	line, _, _ := bytes.Cut(reply, []byte("\r"))
	switch string(line) {
	case "+none", ":-2", "$-1", "*-1", "_", "$0", "*0", "~0", "%0":
		return true
	case ":0":
		return command != "pttl" && command != "ttl"
	}
	return false
}
