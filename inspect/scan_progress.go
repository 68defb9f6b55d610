package inspect

import (
	"fmt"
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
		s.prog.Visited = int64(s.prog.Scanned)
	case total < 0:
		s.prog.Visited = max(s.prog.Visited, int64(s.prog.Scanned))
	case s.prog.Done:
		s.prog.Visited = total
	default:
		s.prog.Visited = min(max(s.prog.Visited, sum), total)
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
// is an estimate from the cursor, whatever the filter let through.
func (n *nodeScan) walked(filtered bool) int64 {
	switch {
	case !filtered || n.total < 0:
		return n.received
	case n.at.end:
		return n.total
	case n.tables != "":
		return int64(slotShare(n.at.cursor, n.tables) * float64(n.total))
	}
	return int64(tableShare(n.at.cursor) * float64(n.total))
}

// tableShare is how much of a hash table is behind a cursor, which counts through
// it with its bits reversed (dict.c, dictScan).
func tableShare(cursor uint64) float64 { return float64(bits.Reverse64(cursor)) / (1 << 64) }

// slotShare is how much of a node's slots is behind a cursor. They are gone
// through in order, each with a table of its own, and the slot is the lowest bits
// of the cursor (kvstore.c).
func slotShare(cursor uint64, slots string) float64 {
	all := slotsIn(slots, slotCount)
	if all == 0 {
		return 0
	}
	slot := int(cursor % slotCount)
	return min(1, (float64(slotsIn(slots, slot))+tableShare(cursor/slotCount))/float64(all))
}

// slotTables reports whether a node of a cluster keeps a table for each slot.
func slotTables(s Server) bool {
	major, minor := 0, 0
	_, _ = fmt.Sscanf(s.Version, "%d.%d", &major, &minor) // as far as there are numbers
	switch s.Product {
	case "Redis":
		return major > 7 || major == 7 && minor >= 4
	case "Valkey":
		return major >= 8
	}
	return false
}

// slotsIn counts the slots before one in what footing.slots has of a node:
// "0-99 200".
func slotsIn(slots string, end int) int {
	sum := 0
	for _, s := range strings.Fields(slots) {
		from, to, more := strings.Cut(s, "-")
		if !more {
			to = from
		}
		first, err := strconv.Atoi(from)
		last, lerr := strconv.Atoi(to)
		if err == nil && lerr == nil { // and not on its way, [3999->-node]
			sum += max(0, min(last+1, end)-first)
		}
	}
	return sum
}
