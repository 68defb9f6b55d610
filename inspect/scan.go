package inspect

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/bits"
	"time"

	"github.com/redis/go-redis/v9"

	"cacheview/inspect/keyspace"
)

// DefaultBudget is for how long Scan.Next gathers pages.
const DefaultBudget = 50 * time.Millisecond

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
	c      *Client
	idx    *keyspace.Index
	opt    ScanOptions
	args   []any // of SCAN, behind COUNT
	budget time.Duration

	nodes   []*redis.Client // nil before the first Next
	footing footing
	again   bool            // this is a second pass, see ended
	idle    []time.Duration // by node: what a request costs that does nothing
	at      position
	names   [][]byte
	prog    Progress
}

// NewScan prepares a listing into idx, which should be empty or hold keys of
// the same database: Progress.Scanned counts the keys that the scan adds.
func (c *Client) NewScan(idx *keyspace.Index, opt ScanOptions) *Scan {
	s := &Scan{c: c, idx: idx, opt: opt, budget: opt.Budget}
	if s.budget <= 0 {
		s.budget = DefaultBudget
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

// Next gathers pages for about ScanOptions.Budget and returns what they added;
// the first call returns after one page. The page that ends the scan has Done;
// after it the error is io.EOF.
//
// After any other error the page holds what was added before, and Next may be
// called again to go on from there. A scan whose server was restarted meanwhile,
// or gave way to another, does not end: its last error says so, and Lost holds.
func (s *Scan) Next(ctx context.Context) (Page, error) {
	if s.prog.Done {
		return Page{Progress: s.prog}, io.EOF
	}
	first := s.nodes == nil
	if first {
		if err := s.begin(ctx); err != nil {
			return Page{Progress: s.prog}, err
		}
	}
	stop := time.Now()
	if !first {
		stop = stop.Add(s.budget)
	}
	// Ids begin at the index's end even when this call adds nothing.
	page := Page{}
	page.From, page.To = s.idx.Add()
	var err error
	if s.at.node < len(s.nodes) {
		err = s.gather(ctx, stop, &page)
	}
	if err == nil && s.at.node == len(s.nodes) {
		err = s.ended(ctx)
	}
	s.walked()
	page.Progress = s.prog
	if err != nil {
		err = s.c.lostErr(fmt.Errorf("scan: %w", err))
	}
	return page, err
}

// gather stores pages while a goroutine asks for the next ones. The goroutine
// has its own position, and is not waited for when ctx ends: what it still
// receives is never looked at.
func (s *Scan) gather(ctx context.Context, stop time.Time, page *Page) error {
	pages := make(chan rawPage, 2)
	go s.fetch(ctx, s.at, stop, pages)
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
			from, to := s.idx.Add(s.wanted(s.names)...)
			s.prog.Scanned += int(to - from)
			page.To = max(page.To, to)
			s.at = p.next
		}
	}
}

// begin counts the keys, and with it measures the way to each node.
func (s *Scan) begin(ctx context.Context) error {
	nodes, err := s.c.masters(ctx)
	if err != nil {
		return err
	}
	if s.footing, err = s.c.footing(ctx, nodes); err != nil {
		return s.c.lostErr(fmt.Errorf("scan: %w", err))
	}
	s.idle = make([]time.Duration, len(nodes))
	s.prog.Total = 0
	for i, n := range nodes {
		start := time.Now()
		size, err := n.DBSize(ctx).Result()
		s.idle[i] = time.Since(start)
		switch {
		case unsupported(err):
			s.c.miss("DBSIZE", "no total number of keys")
			s.prog.Total = -1
		case err != nil:
			return s.c.lostErr(fmt.Errorf("count keys: %w", err))
		case s.prog.Total >= 0:
			s.prog.Total += size
		}
	}
	s.nodes, s.at = nodes, position{pace: pace{count: firstCount}}
	return nil
}

// wanted leaves out the names that do not have the prefix.
func (s *Scan) wanted(names [][]byte) [][]byte {
	if len(s.opt.Prefix) == 0 {
		return names
	}
	kept := names[:0]
	for _, n := range names {
		if bytes.HasPrefix(n, s.opt.Prefix) {
			kept = append(kept, n)
		}
	}
	return kept
}

// walked brings Progress.Walked up to date. The cursor counts through the
// server's hash table with its bits reversed (dict.c, dictScan), so that what
// is behind it is a share of the table whatever the filter let through.
func (s *Scan) walked() {
	total := s.prog.Total
	switch {
	case !s.filtered():
		s.prog.Walked = int64(s.prog.Scanned)
	case total < 0:
		s.prog.Walked = max(s.prog.Walked, int64(s.prog.Scanned))
	case s.prog.Done:
		s.prog.Walked = total
	default:
		share := float64(s.at.node)
		if len(s.nodes) == 1 {
			share = float64(bits.Reverse64(s.at.cursor)) / (1 << 64)
		}
		walked := int64(share / float64(len(s.nodes)) * float64(total))
		s.prog.Walked = min(max(s.prog.Walked, walked), total)
	}
}
