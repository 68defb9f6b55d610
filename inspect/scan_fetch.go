package inspect

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	firstCount = 300
	minCount   = 100
	maxCount   = 2000
	// pageCost is how long a page may keep the server from its other clients.
	pageCost = time.Millisecond / 2
)

// nodeScan is the part of a scan that is of one node.
type nodeScan struct {
	client   *redis.Client
	idle     time.Duration // what a request costs that does nothing
	total    int64         // DBSIZE at the beginning, -1 when it is not told
	received int64         // names
	slots    int           // of a cluster, as in NodeProgress
	tables   string        // the slots, where each has a table of its own; see slotShare
	at       position
	loop     loopDetector
}

// position is where the scan of a node goes on: its cursor, and the COUNT that
// suits it.
type position struct {
	cursor uint64
	end    bool
	pace
}

// pace chooses how many keys to ask for.
type pace struct {
	count  int
	perKey time.Duration // what one costs the server, 0 before the first page
	far    bool          // see farFrom
	account
}

// rawPage is the answer to one SCAN, read up to its names.
type rawPage struct {
	node int
	rest replyReader
	next position
	err  error
}

// fetch has every node that is not through asked for pages, and closes the
// channel when none is asked any more.
func (s *Scan) fetch(ctx context.Context, stop time.Time) <-chan rawPage {
	pages := make(chan rawPage, 2*len(s.nodes))
	var fetching sync.WaitGroup
	for i, n := range s.nodes {
		if !n.at.end {
			fetching.Go(func() { n.fetch(ctx, i, s.args, stop, pages) })
		}
	}
	go func() {
		fetching.Wait()
		close(pages)
	}()
	return pages
}

// fetch asks a node for pages one after the other, until stop or the end of its
// scan. The next request goes out before anybody looks at the names of the last.
func (n nodeScan) fetch(ctx context.Context, node int, args []any, stop time.Time, pages chan<- rawPage) {
	for {
		p := n.page(ctx, args)
		p.node = node
		select {
		case pages <- p:
		case <-ctx.Done():
			return
		}
		n.at = p.next
		if p.err != nil || n.at.end || !time.Now().Before(stop) {
			return
		}
		if n.at.far && n.at.due() {
			if spent, ok := n.spentOnScans(ctx); ok {
				n.at.pace = n.at.told(spent)
			}
		}
	}
}

func (n nodeScan) page(ctx context.Context, args []any) rawPage {
	args = append([]any{"scan", strconv.FormatUint(n.at.cursor, 10), "count", n.at.count}, args...)
	start := time.Now()
	reply, err := n.client.DoRaw(ctx, args...).Result()
	took := time.Since(start)
	p := rawPage{rest: replyReader{reply}, next: n.at, err: err}
	if p.err == nil {
		p.next.cursor, p.err = p.rest.cursor()
	}
	if p.err != nil {
		return p
	}
	p.next.pace = n.at.pace.after(took - n.idle)
	p.next.end = p.next.cursor == 0
	return p
}

// after is the pace of the next page, when the last took so long beside the way
// there and back. What made a page slow is more often this machine or the
// network than the server, so that the cheapest of the last pages counts.
func (p pace) after(took time.Duration) pace {
	p.pages++
	p.keys += int64(p.count)
	if !p.known {
		sample := max(took, pageCost/20) / time.Duration(p.count)
		if slower := p.perKey + p.perKey/10; p.perKey > 0 && sample > slower {
			sample = slower
		}
		p.perKey = max(sample, 1)
	}
	cost := pageCost
	if p.far {
		cost = farCost
	}
	// Never more than twice at a time.
	p.count = min(max(int(cost/p.perKey), minCount), maxCount, 2*p.count)
	return p
}
