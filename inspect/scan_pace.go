package inspect

import (
	"context"
	"strconv"
	"strings"
	"time"
)

const (
	// farFrom is how long the way to a server and back takes where a reply's
	// time tells more of the way than of the server, which is asked itself then.
	farFrom = time.Millisecond / 2
	// farCost is pageCost for such a server, which rests while a page is on
	// its way.
	farCost = time.Millisecond
)

// account is what a far server has said of the time that it spent on SCAN.
type account struct {
	pages int           // of the scan so far
	keys  int64         // that were asked for since it said so first
	from  time.Duration // what it said then, 0 before
	known bool          // pace.perKey is from what it said
}

// due tells whether the server is to be asked: after 1, 2, 4, 8 pages and so on.
func (a account) due() bool { return a.pages&(a.pages-1) == 0 }

// told takes what the server has spent on SCAN in all its life.
func (p pace) told(spent time.Duration) pace {
	switch {
	case p.from == 0 || spent < p.from: // or it has begun to count anew
		p.from, p.keys = spent, 0
	case p.keys > 0:
		p.perKey, p.known = max((spent-p.from)/time.Duration(p.keys), 1), true
	}
	return p
}

// spentOnScans is how long the node has spent on SCAN, by INFO. Those of other
// clients make a page seem dearer than it is, which does no harm.
func (n nodeScan) spentOnScans(ctx context.Context) (time.Duration, bool) {
	text, err := n.client.Info(ctx, "commandstats").Result()
	if err != nil {
		return 0, false
	}
	for field := range strings.SplitSeq(parseInfo(text)["cmdstat_scan"], ",") {
		if usec, ok := strings.CutPrefix(field, "usec="); ok {
			us, err := strconv.ParseInt(usec, 10, 64)
			return time.Duration(us) * time.Microsecond, err == nil
		}
	}
	return 0, false
}
