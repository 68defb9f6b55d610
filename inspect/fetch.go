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
	pageCost = time.Millisecond
)

// position is where a scan goes on: which node, its cursor, and the COUNT that
// suits it.
type position struct {
	node   int
	cursor uint64
	count  int
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
	p.next.count = pace(at.count, took-s.idle[at.node])
	if p.next.cursor == 0 {
		p.next.node++
	}
	return p
}

// pace chooses the COUNT of the next page from what the last one cost the
// server.
func pace(count int, cost time.Duration) int {
	cost = max(cost, pageCost/20)
	ideal := int(float64(count) * float64(pageCost) / float64(cost))
	// Half the way, and never more than twice: one odd page is not a trend.
	next := (count + min(ideal, 3*count)) / 2
	return min(max(next, minCount), maxCount)
}
