package inspect

import (
	"context"
	"strconv"
	"time"
)

const (
	firstCount = 300
	minCount   = 100
	maxCount   = 2000
	// pageCost is how long a page may keep the server from its other clients.
	pageCost = time.Millisecond / 2
)

// position is where a scan goes on: which node, its cursor, and the COUNT that
// suits it.
type position struct {
	node   int
	cursor uint64
	pace
}

// pace chooses how many keys to ask for.
type pace struct {
	count  int
	perKey time.Duration // what one costs the server, 0 before the first page
}

// rawPage is the answer to one SCAN, read up to its names.
type rawPage struct {
	rest replyReader
	next position
	err  error
}

// fetch asks for pages one after the other, until stop or the end of the scan,
// and closes the channel. The next request goes out before anybody looks at the
// names of the last.
func (s *Scan) fetch(ctx context.Context, at position, stop time.Time, pages chan<- rawPage) {
	defer close(pages)
	for {
		p := s.fetchPage(ctx, at)
		select {
		case pages <- p:
		case <-ctx.Done():
			return
		}
		at = p.next
		if p.err != nil || at.node == len(s.nodes) || !time.Now().Before(stop) {
			return
		}
	}
}

func (s *Scan) fetchPage(ctx context.Context, at position) rawPage {
	args := append([]any{"scan", strconv.FormatUint(at.cursor, 10), "count", at.count}, s.args...)
	start := time.Now()
	reply, err := s.nodes[at.node].DoRaw(ctx, args...).Result()
	took := time.Since(start)
	p := rawPage{rest: replyReader{reply}, next: at, err: err}
	if p.err == nil {
		p.next.cursor, p.err = p.rest.cursor()
	}
	if p.err != nil {
		return p
	}
	p.next.pace = at.pace.after(took - s.idle[at.node])
	if p.next.cursor == 0 {
		p.next.node++
	}
	return p
}

// after is the pace of the next page, when the last took so long beside the way
// there and back. What made a page slow is more often this machine or the
// network than the server, so that the cheapest of the last pages counts.
func (p pace) after(took time.Duration) pace {
	sample := max(took, pageCost/20) / time.Duration(p.count)
	if slower := p.perKey + p.perKey/10; p.perKey > 0 && sample > slower {
		sample = slower
	}
	p.perKey = max(sample, 1)
	// Never more than twice at a time.
	p.count = min(max(int(pageCost/p.perKey), minCount), maxCount, 2*p.count)
	return p
}
