//go:build scale

package ui

import (
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"slices"
	"strings"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
	"cacheview/inspect/keyspace"
)

// list indexes all names.
func (s *scale) list() *keyspace.Index {
	n, err := s.c.Size(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	idx := keyspace.New(int(n))
	scan := s.c.NewScan(idx, inspect.ScanOptions{})
	for {
		if _, err := scan.Next(s.t.Context()); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			s.t.Fatal(err)
		}
	}
	if idx.Len() != s.keys {
		s.t.Fatalf("%d keys", idx.Len())
	}
	return idx
}

// index is the index of all names.
func (s *scale) index() *keyspace.Index {
	if s.idx == nil {
		s.idx = s.list()
	}
	return s.idx
}

// bareScan is the floor of a listing: the names, back to back in one slice,
// from a loop over a connection.
func (s *scale) bareScan() {
	if n := scanBare(s.srv.Dial(0), make([]byte, 0, 40*s.keys)); n < s.keys {
		s.t.Fatalf("%d keys", n)
	}
}

func scanBare(w *inspecttest.Wire, arena []byte) (n int) {
	for cursor := "0"; ; {
		reply := w.Do("SCAN", cursor, "COUNT", "1000").([]any)
		for _, name := range reply[1].([]any) {
			arena = append(arena, name.(string)...)
			n++
		}
		if cursor = reply[0].(string); cursor == "0" {
			return n
		}
	}
}

func (s *scale) cli(args ...string) func() {
	host, port, _ := strings.Cut(s.srv.Addr, ":")
	return func() {
		cmd := exec.Command("redis-cli", append([]string{"-h", host, "-p", port}, args...)...)
		cmd.Stdout = io.Discard
		if err := cmd.Run(); err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *scale) names() {
	took := median(rounds, func() { s.list() }, s.bareScan, s.cli("--scan"))
	s.row("all names indexed", round(took[0]), round(took[1])+" bare SCAN COUNT 1000", times(took[0], took[1]), "at most 1.3x")
	s.row("the same", round(took[0]), round(took[2])+" redis-cli --scan", times(took[0], took[2]), "at most 0.33x")
}

func (s *scale) memory() {
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	s.idx = nil
	before := heap()
	s.idx = s.list()
	after := heap()
	names := 0
	snap := s.idx.Snapshot()
	for id := range uint32(snap.IDCount()) {
		names += len(snap.Name(id))
	}
	each := float64(after-before-uint64(names)) / float64(s.keys)
	s.row("memory of the index", fmt.Sprintf("%.1f B a key", float64(after-before)/float64(s.keys)),
		fmt.Sprintf("%.1f B of names", float64(names)/float64(s.keys)), fmt.Sprintf("+%.1f B", each), "at most +24 B")
}

func (s *scale) metadata() {
	snap := s.index().Snapshot()
	all := min(snap.IDCount(), 1_000_000)
	names := make([][]byte, 0, all)
	for id := range uint32(all) {
		names = append(names, snap.Name(id))
	}
	ours := func() {
		for batch := range slices.Chunk(names, metaStep) {
			if _, err := readMeta(s.t.Context(), NewBackend(s.c), s.idx, batch, false); err != nil {
				s.t.Fatal(err)
			}
		}
	}
	bare := func() {
		w := s.srv.Dial(0)
		for batch := range slices.Chunk(names, 300) {
			for _, name := range batch {
				w.Send("TYPE", string(name))
				w.Send("PTTL", string(name))
			}
			for range 2 * len(batch) {
				w.Receive()
			}
		}
	}
	took := median(3, ours, bare)
	s.row(fmt.Sprintf("type and TTL of %d keys", all), round(took[0]), round(took[1])+" bare TYPE+PTTL pipeline", times(took[0], took[1]), "at most 1.2x")
}
