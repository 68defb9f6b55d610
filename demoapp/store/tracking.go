package store

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/alicebob/miniredis/v2/server"
)

// telling is what a client is told without asking for it. A push must not come
// in the middle of a reply, so that it waits while a command is under way.
type telling struct {
	mu      sync.Mutex
	inside  bool // a command is under way
	tracks  bool // CLIENT TRACKING is on
	waiting []string
}

// begin reports false when a command is under way already: it is that command,
// on its way to miniredis.
func (t *telling) begin() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.inside {
		return false
	}
	t.inside = true
	return true
}

// end writes what waited.
func (t *telling) end(p *server.Peer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.inside = false
	for _, push := range t.waiting {
		p.WriteRaw(push) // flushed with the reply
	}
	t.waiting = nil
}

// push writes a push now, or at the end of the command under way.
func (t *telling) push(p *server.Peer, raw string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case !t.tracks:
	case t.inside:
		t.waiting = append(t.waiting, raw)
	default:
		p.WriteRaw(raw)
		p.Flush()
	}
}

// track answers CLIENT TRACKING. Of its modes there is the one that tells of
// all keys, on the connection that asks.
func (s *Store) track(c *client, args []string) {
	args = slices.Clone(args)
	for i := range args {
		args[i] = strings.ToLower(args[i])
	}
	on := slices.Equal(args, []string{"on", "bcast"})
	switch {
	case !on && !slices.Equal(args, []string{"off"}):
		c.peer.WriteError("ERR the demo's store knows CLIENT TRACKING ON BCAST and OFF; a real server knows more")
		return
	case on && !c.peer.Resp3:
		c.peer.WriteError("ERR the demo's store tracks for RESP3 only: say HELLO 3 first")
		return
	}
	c.told.mu.Lock()
	c.told.tracks = on
	c.told.mu.Unlock()
	c.peer.WriteOK()
}

// push tells all who track that these keys have changed, or, with none, all
// keys, as FLUSHALL does.
func (s *Store) push(names []string) {
	var raw strings.Builder
	raw.WriteString(">2\r\n$10\r\ninvalidate\r\n")
	if names == nil {
		raw.WriteString("_\r\n")
	} else {
		fmt.Fprintf(&raw, "*%d\r\n", len(names))
	}
	for _, name := range names {
		fmt.Fprintf(&raw, "$%d\r\n%s\r\n", len(name), name)
	}
	s.each(func(c *client) { c.told.push(c.peer, raw.String()) })
}
