package store

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// counts are what INFO tells of the commands so far.
type counts struct {
	commands, hits, misses, expired atomic.Int64

	recent rate
}

// looksUp are the commands that a real server counts as a hit or a miss, with
// their key first. MGET and EXISTS name more than one.
var looksUp = strings.Fields("GET GETDEL GETEX GETRANGE SUBSTR STRLEN GETBIT BITCOUNT " +
	"HGET HMGET HGETALL HKEYS HVALS HLEN HSTRLEN HEXISTS HSCAN LINDEX LLEN LPOS LRANGE " +
	"SMEMBERS SISMEMBER SMISMEMBER SCARD SRANDMEMBER SSCAN XLEN XRANGE XREVRANGE " +
	"ZCARD ZCOUNT ZRANGE ZRANGEBYSCORE ZREVRANGE ZRANK ZREVRANK ZSCORE ZMSCORE ZSCAN " +
	"TYPE TTL PTTL EXPIRETIME PEXPIRETIME DUMP")

// count counts the hits and misses of a command.
func (s *Store) count(c *client, cmd string, args []string) {
	switch {
	case cmd == "MGET", cmd == "EXISTS":
	case slices.Contains(looksUp, cmd) && len(args) > 0:
		args = args[:1]
	default:
		return
	}
	for _, key := range args {
		if s.mini.DB(c.db).Exists(key) {
			s.counts.hits.Add(1)
		} else {
			s.counts.misses.Add(1)
		}
	}
}

// info is the answer to INFO. The store has no limit of its memory, so that it
// never evicts, and says so in the words of a real server.
func (s *Store) info() string {
	memory, keyspace := int64(0), ""
	w := s.ours()
	for _, db := range s.databases() {
		keys, expires := s.mini.DB(db).Keys(), 0
		w.do("SELECT", strconv.Itoa(db))
		for _, key := range keys {
			if s.mini.DB(db).TTL(key) > 0 {
				expires++
			}
			memory += int64(len(key)) + w.number("MEMORY", "USAGE", key)
		}
		if len(keys) > 0 {
			keyspace += fmt.Sprintf("db%d:keys=%d,expires=%d,avg_ttl=0\r\n", db, len(keys), expires)
		}
	}
	c := &s.counts
	var b strings.Builder
	section := func(name string, lines ...any) {
		fmt.Fprintf(&b, "# %s\r\n", name)
		for i := 0; i+1 < len(lines); i += 2 {
			fmt.Fprintf(&b, "%s:%v\r\n", lines[i], lines[i+1])
		}
	}
	section("Server", "server_name", "miniredis", "redis_mode", "standalone",
		"uptime_in_seconds", int(time.Since(s.begun).Seconds()))
	section("Clients", "connected_clients", s.srv.ClientsLen())
	section("Memory", "used_memory", memory, "maxmemory", 0, "maxmemory_policy", "noeviction")
	section("Stats", "total_connections_received", s.srv.TotalConnections(),
		"total_commands_processed", c.commands.Load(), "instantaneous_ops_per_sec", c.recent.perSecond(),
		"keyspace_hits", c.hits.Load(), "keyspace_misses", c.misses.Load(),
		"expired_keys", c.expired.Load(), "evicted_keys", 0)
	section("Keyspace")
	return b.String() + keyspace
}

// databases are those that somebody has used, in order.
func (s *Store) databases() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.there))
}

// rate is how fast something was counted of late. It is the mean of the beats
// of the last seconds, as in a real server.
type rate struct {
	mu     sync.Mutex
	counts [17]int64 // at the last beats, oldest first
}

// sample takes note of a count, once a beat.
func (r *rate) sample(count int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	copy(r.counts[:], r.counts[1:])
	r.counts[len(r.counts)-1] = count
}

func (r *rate) perSecond() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	last := len(r.counts) - 1
	over := time.Duration(last) * beatEvery
	return int64(float64(r.counts[last]-r.counts[0]) / over.Seconds())
}
