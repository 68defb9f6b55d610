package inspect

import (
	"math/bits"
	"strconv"
	"strings"
)

// NodeProgress is how far a scan has come with one master of a cluster.
type NodeProgress struct {
	Addr  string
	Slots int // that are the node's; 0 when it would not say
	// Scanned is how many keys the node has looked at, as in Progress.Walked.
	Scanned int64
	Total   int64 // DBSIZE when the scan began; -1 when the node would not say
	Done    bool
}

// walked brings Progress up to date but for the number of keys found.
func (s *Scan) walked() {
	total, sum := s.prog.Total, int64(0)
	for _, n := range s.nodes {
		sum += n.walked(s.filtered())
	}
	switch {
	case !s.filtered():
		s.prog.Walked = int64(s.prog.Scanned)
	case total < 0:
		s.prog.Walked = max(s.prog.Walked, int64(s.prog.Scanned))
	case s.prog.Done:
		s.prog.Walked = total
	default:
		s.prog.Walked = min(max(s.prog.Walked, sum), total)
	}
	s.prog.Nodes = nil // whoever has the last ones keeps them
	if s.c.cluster == nil {
		return
	}
	for _, n := range s.nodes {
		s.prog.Nodes = append(s.prog.Nodes, NodeProgress{
			Addr: n.client.Options().Addr, Slots: n.slots,
			Scanned: n.walked(s.filtered()), Total: n.total, Done: n.at.end,
		})
	}
}

// walked is how many keys the node has looked at. Where it leaves some out that
// is an estimate: the cursor counts through the server's hash table with its
// bits reversed (dict.c, dictScan), so that what is behind it is a share of the
// table whatever the filter let through.
func (n *nodeScan) walked(filtered bool) int64 {
	switch {
	case !filtered || n.total < 0:
		return n.received
	case n.at.end:
		return n.total
	}
	share := float64(bits.Reverse64(n.at.cursor)) / (1 << 64)
	return int64(share * float64(n.total))
}

// slotsIn counts the slots in what footing.slots has of a node: "0-99 200".
func slotsIn(slots string) int {
	sum := 0
	for _, s := range strings.Fields(slots) {
		from, to, more := strings.Cut(s, "-")
		if !more {
			to = from
		}
		first, err := strconv.Atoi(from)
		last, lerr := strconv.Atoi(to)
		if err == nil && lerr == nil { // and not on its way, [3999->-node]
			sum += last - first + 1
		}
	}
	return sum
}
