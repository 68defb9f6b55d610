package insight

import (
	"strconv"
	"strings"
	"time"
)

// What a command does to the keys that it names, as far as it tells whether
// they were there.
type effect int

const (
	noKeys effect = iota
	reads         // finds or does not find
	readsAndTimes
	times // gives what is there another time to live
	fills // leaves the keys there
	fillsIfNew
	drops // leaves them gone
	renames
	flushes
)

// verb says what a command does, and where its keys are: from the first
// argument to the last, or only the first, every step arguments.
type verb struct {
	effect effect
	step   int // 0 for one key
}

var verbs = map[string]verb{
	"get": {reads, 0}, "mget": {reads, 1}, "getex": {readsAndTimes, 0}, "getrange": {reads, 0}, "strlen": {reads, 0},
	"hget": {reads, 0}, "hmget": {reads, 0}, "hgetall": {reads, 0}, "hexists": {reads, 0}, "lrange": {reads, 0},
	"smembers": {reads, 0}, "sismember": {reads, 0}, "zrange": {reads, 0}, "exists": {reads, 1}, "getdel": {drops, 0},
	"set": {fills, 0}, "setex": {fills, 0}, "psetex": {fills, 0}, "getset": {fills, 0}, "mset": {fills, 2}, "setnx": {fillsIfNew, 0},
	"hset": {fills, 0}, "hmset": {fills, 0}, "hincrby": {fills, 0}, "lpush": {fills, 0}, "rpush": {fills, 0},
	"sadd": {fills, 0}, "zadd": {fills, 0}, "incr": {fills, 0}, "incrby": {fills, 0}, "decr": {fills, 0}, "append": {fills, 0},
	"expire": {times, 0}, "pexpire": {times, 0}, "expireat": {times, 0}, "pexpireat": {times, 0}, "persist": {times, 0},
	"del": {drops, 1}, "unlink": {drops, 1}, "rename": {renames, 1}, "flushdb": {flushes, 0}, "flushall": {flushes, 0},
}

// keysOf are the keys of a command.
func (v verb) keysOf(args [][]byte) [][]byte {
	switch {
	case v.effect == noKeys || v.effect == flushes || len(args) < 2:
		return nil
	case v.step == 0:
		return args[1:2]
	}
	var keys [][]byte
	for i := 1; i < len(args); i += v.step {
		keys = append(keys, args[i])
	}
	return keys
}

// lifetime is the time to live that a command gives its keys.
type lifetime struct {
	ttl  time.Duration // 0 is none
	kept bool          // the key keeps the one that it has
}

// lifetimeOf is the lifetime after a command that writes or times. What it
// changes only under a condition (EXPIRE with NX) is taken for changed.
func lifetimeOf(name string, args [][]byte, at time.Time) lifetime {
	switch name {
	case "set", "setex", "psetex", "expire", "pexpire", "expireat", "pexpireat", "getex":
	case "getset", "mset", "setnx", "persist":
		return lifetime{}
	default: // such as HSET and INCR
		return lifetime{kept: true}
	}
	number := func(i int) int64 {
		if i >= len(args) {
			return 0
		}
		n, _ := strconv.ParseInt(string(args[i]), 10, 64)
		return min(max(n, 0), 1<<40)
	}
	in := func(n int64, unit time.Duration) lifetime {
		return lifetime{ttl: max(time.Duration(min(n, int64(1<<62/unit)))*unit, 1)}
	}
	when := func(t time.Time) lifetime { return lifetime{ttl: max(t.Sub(at), 1)} }
	switch name {
	case "setex", "expire":
		return in(number(2), time.Second)
	case "psetex", "pexpire":
		return in(number(2), time.Millisecond)
	case "expireat":
		return when(time.Unix(number(2), 0))
	case "pexpireat":
		return when(time.UnixMilli(number(2)))
	}
	from := 3 // SET key value
	if name == "getex" {
		from = 2
	}
	for i := from; i < len(args); i++ {
		switch strings.ToLower(string(args[i])) {
		case "ex":
			return in(number(i+1), time.Second)
		case "px":
			return in(number(i+1), time.Millisecond)
		case "exat":
			return when(time.Unix(number(i+1), 0))
		case "pxat":
			return when(time.UnixMilli(number(i + 1)))
		case "keepttl":
			return lifetime{kept: true}
		case "persist":
			return lifetime{}
		}
	}
	return lifetime{kept: name == "getex"}
}

// onlyIfNew tells a SET that leaves a key alone which is there.
func onlyIfNew(name string, args [][]byte) bool {
	if name != "set" {
		return false
	}
	for _, a := range args[min(3, len(args)):] {
		if strings.EqualFold(string(a), "nx") {
			return true
		}
	}
	return false
}
