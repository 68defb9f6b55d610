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
	fills         // leaves the keys there
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
	"get": {reads, 0}, "mget": {reads, 1}, "getex": {reads, 0}, "getrange": {reads, 0}, "strlen": {reads, 0},
	"hget": {reads, 0}, "hmget": {reads, 0}, "hgetall": {reads, 0}, "hexists": {reads, 0}, "lrange": {reads, 0},
	"smembers": {reads, 0}, "sismember": {reads, 0}, "zrange": {reads, 0}, "exists": {reads, 1}, "getdel": {drops, 0},
	"set": {fills, 0}, "setex": {fills, 0}, "psetex": {fills, 0}, "getset": {fills, 0}, "mset": {fills, 2}, "setnx": {fillsIfNew, 0},
	"hset": {fills, 0}, "hmset": {fills, 0}, "hincrby": {fills, 0}, "lpush": {fills, 0}, "rpush": {fills, 0},
	"sadd": {fills, 0}, "zadd": {fills, 0}, "incr": {fills, 0}, "incrby": {fills, 0}, "decr": {fills, 0}, "append": {fills, 0},
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

// lifetimeOf is the time to live that a write gives its keys, 0 for none that
// it tells.
func lifetimeOf(name string, args [][]byte, at time.Time) time.Duration {
	number := func(i int) int64 {
		if i >= len(args) {
			return 0
		}
		n, _ := strconv.ParseInt(string(args[i]), 10, 64)
		return min(max(n, 0), 1<<40)
	}
	switch name {
	case "setex":
		return time.Duration(min(number(2), 1<<33)) * time.Second
	case "psetex":
		return time.Duration(number(2)) * time.Millisecond
	case "set":
		for i := 3; i+1 < len(args); i++ {
			switch strings.ToLower(string(args[i])) {
			case "ex":
				return time.Duration(min(number(i+1), 1<<33)) * time.Second
			case "px":
				return time.Duration(number(i+1)) * time.Millisecond
			case "exat":
				return max(time.Unix(number(i+1), 0).Sub(at), 1)
			case "pxat":
				return max(time.UnixMilli(number(i+1)).Sub(at), 1)
			}
		}
	}
	return 0
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
