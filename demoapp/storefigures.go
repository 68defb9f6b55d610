package demoapp

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/alicebob/miniredis/v2/server"
)

// figures gives the embedded store what it lacks of a real server for people
// who ask how their cache does: INFO with hits and misses, and MONITOR.
type figures struct {
	store        *miniredis.Miniredis
	begun        time.Time
	hits, misses atomic.Int64

	mu       sync.Mutex
	monitors []*server.Peer
	names    map[*server.Peer]string // of the clients, as MONITOR shows them
	named    int
}

func newFigures(store *miniredis.Miniredis, now time.Time) *figures {
	return &figures{store: store, begun: now, names: map[*server.Peer]string{}}
}

// looksUp are the commands of which a real server counts hits and misses, with
// their key first.
var looksUp = []string{
	"GET", "GETEX", "HGET", "HGETALL", "TYPE", "TTL", "PTTL", "EXISTS", "DUMP", "STRLEN", "GETRANGE", "HLEN", "HSCAN",
	"LLEN", "LRANGE", "SCARD", "SSCAN", "ZCARD", "ZRANGE", "XLEN", "XRANGE",
}

// hook sees every command before the store does.
func (f *figures) hook(c *server.Peer, cmd string, args ...string) (done bool) {
	if refuseGlobs(c, cmd, args...) {
		return true
	}
	switch {
	case cmd == "INFO":
		c.WriteBulk(f.info())
		return true
	case cmd == "MONITOR":
		f.watch(c)
		return true
	case cmd == "MGET":
		f.count(args...)
	case slices.Contains(looksUp, cmd) && len(args) > 0:
		f.count(args[0])
	}
	f.tell(c, cmd, args)
	return false
}

func (f *figures) count(keys ...string) {
	for _, k := range keys {
		if f.store.DB(0).Exists(k) {
			f.hits.Add(1)
		} else {
			f.misses.Add(1)
		}
	}
}

func (f *figures) info() string {
	db := f.store.DB(0)
	keys := db.Keys()
	expires := 0
	for _, k := range keys {
		if db.TTL(k) > 0 {
			expires++
		}
	}
	s := f.store.Server()
	return fmt.Sprintf("# Server\r\nserver_name:miniredis\r\nredis_mode:standalone\r\nuptime_in_seconds:%d\r\n"+
		"# Clients\r\nconnected_clients:%d\r\n"+
		"# Stats\r\ntotal_commands_processed:%d\r\nkeyspace_hits:%d\r\nkeyspace_misses:%d\r\n"+
		"# Keyspace\r\ndb0:keys=%d,expires=%d,avg_ttl=0\r\n",
		int(time.Since(f.begun).Seconds()), s.ClientsLen(), s.TotalCommands(), f.hits.Load(), f.misses.Load(), len(keys), expires)
}

// watch begins to tell a client of the commands of all others.
func (f *figures) watch(c *server.Peer) {
	c.WriteOK()
	f.mu.Lock()
	f.monitors = append(f.monitors, c)
	f.mu.Unlock()
	c.OnDisconnect(func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.monitors = slices.DeleteFunc(f.monitors, func(p *server.Peer) bool { return p == c })
	})
}

// tell writes a command to those who watch, but for the other connections of a
// watcher, which go by its name: the store knows no addresses to tell them by.
func (f *figures) tell(c *server.Peer, cmd string, args []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.monitors) == 0 {
		return
	}
	if f.names[c] == "" {
		f.named++
		f.names[c] = fmt.Sprintf("client-%d", f.named)
		c.OnDisconnect(func() {
			f.mu.Lock()
			defer f.mu.Unlock()
			delete(f.names, c)
		})
	}
	now := time.Now()
	var line strings.Builder
	fmt.Fprintf(&line, "%d.%06d [0 %s] %s", now.Unix(), now.Nanosecond()/1000, f.names[c], monitorQuote(cmd))
	for _, a := range args {
		line.WriteString(" " + monitorQuote(a))
	}
	for _, p := range f.monitors {
		if p != c && (p.ClientName == "" || p.ClientName != c.ClientName) {
			p.WriteInline(line.String())
			p.Flush()
		}
	}
}

// monitorQuote writes an argument as MONITOR does (sdscatrepr of Redis's sds.c).
func monitorQuote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c >= ' ' && c < 0x7f:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, `\x%02x`, c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
