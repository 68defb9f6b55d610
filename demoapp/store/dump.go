package store

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// miniredis dumps strings only, and as they are. The store has DUMP and RESTORE
// of its own, in the format of a real server.

// dump answers DUMP.
func (s *Store) dump(c *client, args []string) {
	if len(args) != 1 {
		c.peer.WriteError("ERR wrong number of arguments for 'dump' command")
		return
	}
	v, err := s.read(c.db, args[0])
	var b []byte
	if err == nil && v.typ != "none" {
		b, err = v.encode()
	}
	switch {
	case err != nil:
		c.peer.WriteError("ERR the demo's store cannot dump this: " + err.Error())
	case b == nil:
		c.peer.WriteNull()
	default:
		c.peer.WriteBulk(string(b))
	}
}

// read reads a key in one transaction.
func (s *Store) read(db int, key string) (value, error) {
	o := s.ours()
	o.do("SELECT", strconv.Itoa(db))
	for range 100 {
		o.do("WATCH", key)
		v := value{typ: strings.TrimPrefix(o.do("TYPE", key), "+")}
		var commands [][]string
		switch v.typ {
		case "none":
			return v, nil
		case "string":
			commands = [][]string{{"GET", key}}
		case "hash":
			commands = [][]string{{"HGETALL", key}}
		case "list":
			commands = [][]string{{"LRANGE", key, "0", "-1"}}
		case "set":
			commands = [][]string{{"SMEMBERS", key}}
		case "zset":
			commands = [][]string{{"ZRANGE", key, "0", "-1", "WITHSCORES"}}
		case "stream":
			commands = [][]string{{"XRANGE", key, "-", "+"}, {"XINFO", "STREAM", key}, {"XINFO", "GROUPS", key}}
		default:
			return v, fmt.Errorf("type %s", v.typ)
		}
		o.do("MULTI")
		for _, args := range commands {
			o.do(args...)
		}
		replies, ok := o.parse("EXEC").([]any)
		if !ok || len(replies) != len(commands) {
			continue // it was written
		}
		if v.typ != "stream" {
			v.members = texts(replies[0])
			return v, s.fieldsExpire(o, key, v)
		}
		return v.streamOf(replies)
	}
	return value{}, errors.New("it is written all the time")
}

// fieldsExpire is an error for a hash whose fields have TTLs, which are not
// written.
func (s *Store) fieldsExpire(o *own, key string, v value) error {
	if v.typ != "hash" {
		return nil
	}
	args := []string{"HPTTL", key, "FIELDS", strconv.Itoa(len(v.members) / 2)}
	for i := 0; i < len(v.members); i += 2 {
		args = append(args, v.members[i])
	}
	for _, ttl := range texts(o.parse(args...)) {
		if n, _ := strconv.Atoi(ttl); n > 0 {
			return errors.New("a hash whose fields expire")
		}
	}
	return nil
}

func (v value) streamOf(replies []any) (value, error) {
	entries, _ := replies[0].([]any)
	for _, e := range entries {
		pair, _ := e.([]any)
		if len(pair) != 2 {
			return v, errors.New("a stream of an unknown form")
		}
		v.entries = append(v.entries, entry{text(pair[0]), texts(pair[1])})
	}
	info := texts(replies[1])
	for i := 0; i+1 < len(info); i += 2 {
		if info[i] == "last-generated-id" {
			v.lastID = info[i+1]
		}
	}
	groups, _ := replies[2].([]any)
	for _, g := range groups {
		fields := texts(g)
		var found group
		for i := 0; i+1 < len(fields); i += 2 {
			switch fields[i] {
			case "name":
				found.name = fields[i+1]
			case "last-delivered-id":
				found.lastID = fields[i+1]
			case "pending", "consumers":
				if fields[i+1] != "0" {
					return v, errors.New("a stream with consumers")
				}
			}
		}
		v.groups = append(v.groups, found)
	}
	return v, nil
}

// restoreScript writes a key in one step: KEYS the key, ARGV whether it may exist,
// when it expires in Unix milliseconds or 0, and the commands, each behind the
// number of its words.
const restoreScript = `
if ARGV[1] == '0' and redis.call('EXISTS', KEYS[1]) == 1 then
  return redis.error_reply('BUSYKEY Target key name already exists.')
end
redis.call('DEL', KEYS[1])
local i = 3
while i <= #ARGV do
  local n = tonumber(ARGV[i])
  local words = {}
  for j = 1, n do words[j] = ARGV[i + j] end
  redis.call(unpack(words))
  i = i + n + 1
end
if ARGV[2] ~= '0' then redis.call('PEXPIREAT', KEYS[1], ARGV[2]) end
return redis.status_reply('OK')
`

// restore answers RESTORE, in a transaction too.
func (s *Store) restore(c *client, args []string) {
	script, err := restoring(args, time.Now())
	if err != nil {
		if c.multi {
			// The transaction fails, as any does with a command that is wrong.
			s.srv.Dispatch(c.peer, []string{"RESTORE"})
			return
		}
		c.peer.WriteError(err.Error())
		return
	}
	key := args[0]
	if c.multi {
		c.queued = append(c.queued, key)
		s.srv.Dispatch(c.peer, script)
		return
	}
	s.change(c.db, []string{key}, false, func() { s.srv.Dispatch(c.peer, script) })
}

// restoring is the command that does what RESTORE with these arguments is to do.
func restoring(args []string, now time.Time) ([]string, error) {
	if len(args) < 3 {
		return nil, errors.New("ERR wrong number of arguments for 'restore' command")
	}
	key, replace, absolute := args[0], "0", false
	for i := 3; i < len(args); i++ {
		switch strings.ToUpper(args[i]) {
		case "REPLACE":
			replace = "1"
		case "ABSTTL":
			absolute = true
		case "IDLETIME", "FREQ":
			i++
		default:
			return nil, errors.New("ERR syntax error")
		}
	}
	ttl, err := strconv.ParseInt(args[1], 10, 64)
	if err != nil || ttl < 0 {
		return nil, errors.New("ERR Invalid TTL value, must be >= 0")
	}
	at := int64(0)
	switch {
	case ttl > 0 && absolute:
		at = ttl
	case ttl > 0:
		at = now.UnixMilli() + ttl
	}
	v, err := decodeDump([]byte(args[2]))
	if err != nil {
		// A key that exists is the first thing that a real server checks.
		return []string{"EVAL", `if ARGV[1] == '0' and redis.call('EXISTS', KEYS[1]) == 1 then
  return redis.error_reply('BUSYKEY Target key name already exists.')
end
return redis.error_reply(ARGV[2])`, "1", key, replace, err.Error()}, nil
	}
	script := []string{"EVAL", restoreScript, "1", key, replace, strconv.FormatInt(at, 10)}
	if at > 0 && at <= now.UnixMilli() {
		return script, nil // it has expired: only what was there goes
	}
	add := func(words ...string) {
		script = append(append(script, strconv.Itoa(len(words))), words...)
	}
	const some = 500 // words of a command
	each := func(name string, members []string) {
		for len(members) > 0 {
			n := min(some, len(members))
			add(append([]string{name, key}, members[:n]...)...)
			members = members[n:]
		}
	}
	switch v.typ {
	case "string":
		add("SET", key, v.members[0])
	case "list":
		each("RPUSH", v.members)
	case "set":
		each("SADD", v.members)
	case "hash":
		each("HSET", v.members)
	case "zset":
		for i := 0; i+1 < len(v.members); i += 2 {
			v.members[i], v.members[i+1] = v.members[i+1], v.members[i]
		}
		each("ZADD", v.members)
	case "stream":
		for _, e := range v.entries {
			add(append([]string{"XADD", key, e.id}, e.fields...)...)
		}
		if n := len(v.entries); v.lastID != "0-0" && (n == 0 || v.entries[n-1].id != v.lastID) {
			add("XADD", key, v.lastID, "f", "v")
			add("XDEL", key, v.lastID)
		} else if n == 0 {
			add("XGROUP", "CREATE", key, "g", "0", "MKSTREAM")
			add("XGROUP", "DESTROY", key, "g")
		}
		for _, g := range v.groups {
			add("XGROUP", "CREATE", key, g.name, g.lastID)
		}
	}
	return script, nil
}

// parse sends a command and reads its reply: a string, a list or nil.
func (o *own) parse(args ...string) any {
	b := []byte(o.do(args...) + "\r\n")
	v, _ := parseReply(b)
	return v
}

// parseReply reads a reply of RESP2, and returns what is behind it.
func parseReply(b []byte) (any, []byte) {
	line, rest, ok := bytes.Cut(b, []byte("\r\n"))
	if !ok || len(line) == 0 {
		return nil, nil
	}
	n, err := strconv.Atoi(string(line[1:]))
	switch line[0] {
	case '$':
		if err != nil || n < 0 || n+2 > len(rest) {
			return nil, rest
		}
		return string(rest[:n]), rest[n+2:]
	case '*', '%', '~':
		if err != nil || n < 0 {
			return nil, rest
		}
		if line[0] == '%' {
			n *= 2
		}
		list := make([]any, 0, n)
		for range n {
			var v any
			v, rest = parseReply(rest)
			list = append(list, v)
		}
		return list, rest
	case '-':
		return nil, rest
	}
	return string(line[1:]), rest
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

// texts are the strings of a list, or a string alone.
func texts(v any) []string {
	list, ok := v.([]any)
	if !ok {
		return []string{text(v)}
	}
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = text(x)
	}
	return out
}
