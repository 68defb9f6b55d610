package inspecttest

import (
	"slices"
	"strconv"
	"strings"
)

const slots = 16384

// shift is one slot on its way from a node to another.
type shift struct {
	slot     string
	from, to *Wire
	target   *Server
	id       string // of the target
}

// owner is the node that has a slot, if it was not moved more than as Move and
// Halfway do.
func (c *Cluster) owner(slot int) int {
	if at, ok := c.moved[slot]; ok {
		return at
	}
	for i := range c.Nodes {
		if slot < (i+1)*slots/len(c.Nodes) {
			return i
		}
	}
	return 0
}

// begin puts the slot of a hash tag on its way to a node.
func (c *Cluster) begin(slot, to int) shift {
	from := c.owner(slot)
	if c.moved == nil {
		c.moved = map[int]int{}
	}
	c.moved[slot] = to
	s := shift{slot: strconv.Itoa(slot), from: c.Nodes[from].Dial(0), to: c.Nodes[to].Dial(0), target: c.Nodes[to]}
	s.id = s.to.Text("CLUSTER", "MYID")
	s.to.must("CLUSTER", "SETSLOT", s.slot, "IMPORTING", s.from.Text("CLUSTER", "MYID"))
	s.from.must("CLUSTER", "SETSLOT", s.slot, "MIGRATING", s.id)
	return s
}

// migrate moves up to so many keys of the slot, and returns how many it did.
func (s shift) migrate(most int) int {
	names, _ := s.from.Do("CLUSTER", "GETKEYSINSLOT", s.slot, strconv.Itoa(most)).([]any)
	if len(names) == 0 {
		return 0
	}
	host, port := s.target.hostPort()
	args := []string{"MIGRATE", host, port, "", "0", "5000", "KEYS"}
	for _, n := range names {
		args = append(args, n.(string))
	}
	s.from.must(args...)
	return len(names)
}

// finish moves what is left of the slot, and tells every node whose it is.
func (s shift) finish(c *Cluster) int {
	n := 0
	for more := s.migrate(1000); more > 0; more = s.migrate(1000) {
		n += more
	}
	s.to.must("CLUSTER", "SETSLOT", s.slot, "NODE", s.id)
	for _, node := range c.Nodes {
		node.Dial(0).must("CLUSTER", "SETSLOT", s.slot, "NODE", s.id)
	}
	return n
}

func (c *Cluster) slot(tag string) int {
	return int(c.Nodes[0].Dial(0).Int("CLUSTER", "KEYSLOT", tag))
}

// Move moves the slot of a hash tag from one node to another, and returns how
// many keys went with it: none when it is not on the first.
func (c *Cluster) Move(tag string, from, to int) int {
	slot := c.slot(tag)
	if c.owner(slot) != from {
		return 0
	}
	n := c.begin(slot, to).finish(c)
	c.agree()
	return n
}

// Halfway puts the slots of n hash tags on their way to one node, each with half
// of its keys there already. It returns what finishes all of it.
//
// Only one node may take slots at a time: its epoch must be the highest of all,
// or another takes back what it did not yet know to be gone.
func (c *Cluster) Halfway(n int, tag func(i int) string, to int) (finish func()) {
	var shifts []shift
	seen := map[int]bool{}
	for i := range n {
		slot := c.slot(tag(i))
		if seen[slot] || c.owner(slot) == to {
			continue
		}
		seen[slot] = true
		s := c.begin(slot, to)
		s.migrate(max(1, int(s.from.Int("CLUSTER", "COUNTKEYSINSLOT", s.slot))/2))
		shifts = append(shifts, s)
	}
	return func() {
		for _, s := range shifts {
			s.finish(c)
		}
		c.agree()
	}
}

// agree waits until every node has the same idea of whose the slots are, and
// has heard of the latest epoch.
func (c *Cluster) agree() {
	c.Nodes[0].eventually("the nodes of the cluster do not agree", func() bool {
		seen := map[string]bool{}
		for _, s := range c.Nodes {
			w := s.Dial(0)
			_, epochs, _ := strings.Cut(w.Text("CLUSTER", "INFO"), "cluster_current_epoch:")
			epoch, _, _ := strings.Cut(epochs, "\r")
			var owners []string
			for line := range strings.Lines(w.Text("CLUSTER", "NODES")) {
				f := strings.Fields(line)
				owners = append(owners, f[0]+" "+f[6]+" "+strings.Join(f[8:], " "))
			}
			slices.Sort(owners)
			seen[epoch+" "+strings.Join(owners, " ")] = true
		}
		return len(seen) == 1
	})
}

// must is Do for a command whose refusal would make the test worthless.
func (w *Wire) must(args ...string) {
	w.tb.Helper()
	if err, ok := w.Do(args...).(error); ok {
		w.tb.Fatalf("%.100q: %v", args, err)
	}
}
