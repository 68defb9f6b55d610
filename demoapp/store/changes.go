package store

import (
	"bufio"
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/alicebob/miniredis/v2/server"
)

// own is a connection inside the store.
type own struct {
	srv  *server.Server
	peer *server.Peer
	out  *bytes.Buffer
}

func (s *Store) ours() *own {
	var out bytes.Buffer
	o := &own{s.srv, server.NewPeer(bufio.NewWriter(&out)), &out}
	o.peer.ClientName = ourName
	return o
}

// do returns the reply as it is on the wire.
func (o *own) do(args ...string) string {
	o.out.Reset()
	o.srv.Dispatch(o.peer, args)
	o.peer.Flush()
	return strings.TrimSuffix(o.out.String(), "\r\n")
}

// number is do for a command that answers with one; 0 for any other answer.
func (o *own) number(args ...string) int64 {
	n, _ := strconv.ParseInt(strings.TrimPrefix(o.do(args...), ":"), 10, 64)
	return n
}

// watcher begins to watch a key: by the store's own word, as EXEC does nothing
// when a key that WATCH named has changed since.
func (s *Store) watcher(db int, key string) *own {
	o := s.ours()
	o.do("SELECT", strconv.Itoa(db))
	o.do("WATCH", key)
	return o
}

// changed tells once whether what it watches has changed.
func (o *own) changed() bool {
	o.do("MULTI")
	return o.do("EXEC") == "*-1"
}

// change runs a command that may change the keys of these names, or empty
// databases, and tells who wants to know what it did.
func (s *Store) change(db int, names []string, flushes bool, do func()) {
	names = slices.Compact(slices.Sorted(slices.Values(names)))
	s.begin(db, names, flushes)
	defer s.end(db, names, flushes)
	watchers := make([]*own, len(names))
	for i, name := range names {
		watchers[i] = s.watcher(db, name)
	}
	do()
	if flushes {
		s.push(nil)
	}
	var changed []string
	for i, w := range watchers {
		if w.changed() {
			changed = append(changed, names[i])
		}
	}
	if len(changed) > 0 {
		s.push(changed)
	}
}

// begin says that these keys may be gone before end without having expired.
func (s *Store) begin(db int, names []string, flushes bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range names {
		s.writing[place{db, name}]++
	}
	if flushes {
		s.flushing++
	}
}

func (s *Store) end(db int, names []string, flushes bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range names {
		at := place{db, name}
		if s.writing[at]--; s.writing[at] == 0 {
			delete(s.writing, at)
		}
		if s.mini.DB(db).Exists(name) {
			s.there[db][name] = true
		} else {
			delete(s.there[db], name)
		}
	}
	if flushes {
		s.flushing--
		for db := range s.there {
			s.there[db] = s.keys(db)
		}
	}
}

// expire finds the keys that are gone though no command took them away.
func (s *Store) expire() {
	s.mu.Lock()
	if s.flushing > 0 {
		s.mu.Unlock()
		return // next time
	}
	var gone []string
	for db, before := range s.there {
		now := s.keys(db)
		for key := range before {
			switch {
			case now[key]:
			case s.writing[place{db, key}] > 0:
				now[key] = true
			default:
				gone = append(gone, key)
			}
		}
		s.there[db] = now
	}
	s.mu.Unlock()
	if len(gone) > 0 {
		s.counts.expired.Add(int64(len(gone)))
		s.push(gone)
	}
}

// keys are the keys of a database.
func (s *Store) keys(db int) map[string]bool {
	set := map[string]bool{}
	for _, key := range s.mini.DB(db).Keys() {
		set[key] = true
	}
	return set
}
