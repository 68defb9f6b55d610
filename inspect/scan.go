package inspect

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"cacheview/inspect/keyspace"
)

// DefaultScanBudget is for how long Scan.Next gathers pages.
const DefaultScanBudget = 50 * time.Millisecond

// ScanOptions says which keys a scan is for. The zero value means all.
type ScanOptions struct {
	Match  string        // a glob, as Redis matches
	Prefix []byte        // literally; checked byte by byte whatever the server answers
	Type   keyspace.Type // needs Redis 6
	Budget time.Duration // how long one Next may gather, DefaultBudget when 0
}

// Scan lists the names of a database, or of all masters of a cluster, into an
// Index. It is used by one goroutine at a time.
type Scan struct {
	c    *Client
	idx  *keyspace.Index
	opt  ScanOptions
	args []any // of SCAN, behind COUNT
	// matches compares names with ScanOptions.Match; nil without one.
	matches func(name []byte) bool
	budget  time.Duration

	masters []*redis.Client // nil before the first Next
	nodes   []nodeScan      // of the masters
	footing footing
	again   bool // this is a second pass, see ended
	names   [][]byte
	prog    Progress
}

// NewScan prepares a listing into idx, which should be empty or hold keys of
// the same database: Progress.Scanned counts the keys that the scan adds.
func (c *Client) NewScan(idx *keyspace.Index, opt ScanOptions) *Scan {
	s := &Scan{c: c, idx: idx, opt: opt, budget: opt.Budget}
	if opt.Match != "" {
		s.matches = keyspace.MatchGlob(opt.Match)
	}
	if s.budget <= 0 {
		s.budget = DefaultScanBudget
	}
	switch {
	case len(opt.Prefix) > 0 && opt.Match == "":
		s.args = append(s.args, "match", looseGlob(opt.Prefix)+"*")
	case opt.Match != "":
		s.args = append(s.args, "match", opt.Match)
	}
	if opt.Type != keyspace.UnknownType {
		s.args = append(s.args, "type", opt.Type.String())
	}
	return s
}

// filtered reports whether the server leaves keys out.
func (s *Scan) filtered() bool { return len(s.args) > 0 }

// Next gathers pages for about ScanOptions.Budget, from all masters of a cluster
// at once, and returns what they added; the first call returns after one page of
// each. The page that ends the scan has Done;
// after it the error is io.EOF.
//
// After any other error the page holds what was added before, and Next may be
// called again to go on from there. A scan whose server was restarted meanwhile,
// or gave way to another, does not end: its last error says so, and Lost holds.
func (s *Scan) Next(ctx context.Context) (ScanBatch, error) {
	if s.prog.Done {
		return ScanBatch{Progress: s.prog}, io.EOF
	}
	first := s.masters == nil
	if first {
		if err := s.begin(ctx); err != nil {
			return ScanBatch{Progress: s.prog}, err
		}
	}
	stop := time.Now()
	if !first {
		stop = stop.Add(s.budget)
	}
	// Ids begin at the index's end even when this call adds nothing.
	page := ScanBatch{}
	page.From, page.To = s.idx.Add()
	var err error
	if !s.through() {
		err = s.gather(ctx, stop, &page)
	}
	if err == nil && s.through() {
		err = s.ended(ctx)
	}
	s.walked()
	page.Progress = s.prog
	if err != nil {
		err = s.c.lostErr(fmt.Errorf("scan: %w", err))
	}
	return page, err
}

// through reports whether every node was scanned to its end.
func (s *Scan) through() bool {
	return !slices.ContainsFunc(s.nodes, func(n nodeScan) bool { return !n.at.end })
}

// gather stores pages while a goroutine for each node asks for the next ones. The
// goroutines have positions of their own, and are not waited for when ctx ends or
// one of them fails: what they still receive is never looked at.
func (s *Scan) gather(ctx context.Context, stop time.Time, page *ScanBatch) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	pages := s.fetch(ctx, stop)
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case p, ok := <-pages:
			if !ok {
				return context.Cause(ctx)
			}
			if p.err == nil {
				s.names, p.err = p.rest.texts(s.names[:0])
			}
			if p.err != nil {
				return p.err
			}
			n := &s.nodes[p.node]
			n.received += int64(len(s.names))
			from, to := s.idx.Add(s.wanted(s.names)...)
			s.prog.Scanned += int(to - from)
			page.To = max(page.To, to)
			if err := n.loop.page(p.next.cursor, len(s.names), int(to-from), int(to)); err != nil {
				return err
			}
			n.at = p.next
		}
	}
}

// begin counts the keys, and with it measures the way to each node.
func (s *Scan) begin(ctx context.Context) error {
	masters, err := s.c.masters(ctx)
	if err != nil {
		return err
	}
	now, err := s.c.footing(ctx, masters)
	if err != nil {
		return s.c.lostErr(fmt.Errorf("scan: %w", err))
	}
	nodes := make([]nodeScan, len(masters))
	var total int64
	for i, m := range masters {
		start := time.Now()
		size, err := m.DBSize(ctx).Result()
		idle := time.Since(start)
		far := idle > farFrom && !s.c.lacks("INFO")
		nodes[i] = nodeScan{client: m, idle: idle, total: size, at: position{pace: pace{count: firstCount, far: far}}}
		if now.slots != nil {
			nodes[i].slots = slotsIn(now.slots[i], slotCount)
			if slotTables(s.c.Server()) {
				nodes[i].tables = now.slots[i]
			}
		}
		switch {
		case unsupported(err):
			s.c.miss("DBSIZE", "no total number of keys")
			nodes[i].total, total = -1, -1
		case err != nil:
			return s.c.lostErr(fmt.Errorf("count keys: %w", err))
		case total >= 0:
			total += size
		}
	}
	s.masters, s.nodes, s.footing, s.prog.Total = masters, nodes, now, total
	return nil
}

// wanted returns the names that have the prefix and match the glob. Servers
// have answered SCAN MATCH with other names, too.
func (s *Scan) wanted(names [][]byte) [][]byte {
	if len(s.opt.Prefix) == 0 && s.matches == nil {
		return names
	}
	kept := names[:0]
	for _, n := range names {
		if bytes.HasPrefix(n, s.opt.Prefix) && (s.matches == nil || s.matches(n)) {
			kept = append(kept, n)
		}
	}
	return kept
}
