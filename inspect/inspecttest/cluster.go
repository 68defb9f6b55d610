package inspecttest

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Cluster is a Redis cluster of masters without replicas.
type Cluster struct {
	Nodes []*Server
	moved map[int]int // slots that are not where they were at first
}

// StartCluster runs a cluster of n masters that share the slots evenly, and
// waits until each of them knows all.
func StartCluster(tb testing.TB, n int) *Cluster {
	tb.Helper()
	c := &Cluster{}
	for range n {
		c.Nodes = append(c.Nodes, Start(tb, "--cluster-enabled", "yes",
			"--cluster-port", strconv.Itoa(FreePort(tb)), "--cluster-node-timeout", "5000"))
	}
	for i, s := range c.Nodes {
		// Nodes of one epoch would bump theirs at some time, and take slots back
		// that have just moved. Only a node that knows no other lets it be set.
		s.Dial(0).must("CLUSTER", "SET-CONFIG-EPOCH", strconv.Itoa(i+1))
	}
	for i, s := range c.Nodes {
		w := s.Dial(0)
		first, last := i*slots/n, (i+1)*slots/n-1
		if err, ok := w.Do("CLUSTER", "ADDSLOTSRANGE", strconv.Itoa(first), strconv.Itoa(last)).(error); ok {
			tb.Fatal(err)
		}
		for _, other := range c.Nodes {
			host, port := other.hostPort()
			w.Do("CLUSTER", "MEET", host, port, other.busPort())
		}
	}
	for _, s := range c.Nodes {
		w := s.Dial(0)
		s.eventually("the cluster is not up", func() bool {
			info := w.Text("CLUSTER", "INFO")
			return strings.Contains(info, "cluster_state:ok") && strings.Contains(info, "cluster_known_nodes:"+strconv.Itoa(n))
		})
	}
	return c
}

func (s *Server) hostPort() (host, port string) {
	host, port, _ = net.SplitHostPort(s.Addr)
	return host, port
}

func (s *Server) busPort() string {
	for i, a := range s.args {
		if a == "--cluster-port" {
			return s.args[i+1]
		}
	}
	return ""
}

// Set sets strings on whichever nodes they belong to.
func (c *Cluster) Set(n int, name func(i int) string, value string) {
	wires := map[string]*Wire{}
	for _, s := range c.Nodes {
		wires[s.Addr] = s.Dial(0)
	}
	for i := range n {
		addr := c.Nodes[0].Addr
		for {
			err, moved := wires[addr].Do("SET", name(i), value).(error)
			if !moved {
				break
			}
			fields := strings.Fields(err.Error()) // MOVED slot host:port
			if len(fields) != 3 || fields[0] != "MOVED" {
				c.Nodes[0].tb.Fatal(err)
			}
			addr = fields[2]
		}
	}
}

// Ask sends a command about one key to the node that has it when no slot is on
// its way, and returns the reply.
func (c *Cluster) Ask(command, key string) any {
	return c.Nodes[c.owner(c.slot(key))].Dial(0).Do(command, key)
}

// Size is the number of keys on all nodes.
func (c *Cluster) Size() int {
	sum := 0
	for _, s := range c.Nodes {
		sum += int(s.Dial(0).Int("DBSIZE"))
	}
	return sum
}

// StartSentinel runs a sentinel that watches s under a name, and returns the
// sentinel's address.
func (s *Server) StartSentinel(name string) string {
	s.tb.Helper()
	host, port := s.hostPort()
	sentinel := start(s.tb, fmt.Sprintf("sentinel monitor %s %s %s 1\n", name, host, port))
	w := sentinel.Dial(0)
	sentinel.eventually("the sentinel does not know its master", func() bool {
		_, ok := w.Do("SENTINEL", "GET-MASTER-ADDR-BY-NAME", name).([]any)
		return ok
	})
	return sentinel.Addr
}

// eventually waits until something is so; other processes have no signal.
func (s *Server) eventually(otherwise string, ok func() bool) {
	s.tb.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if ok() {
			return
		}
	}
	s.tb.Fatal(otherwise)
}
