package inspect

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"
)

// footing is what must stay as it was for a scan to have seen every key. A
// cursor means nothing to another process: its hash table has another order.
// And a key whose slot moves from a node not yet scanned to one that was is
// never come across.
type footing struct {
	runs  []string // by node: the run id of its process; "" where it is not told
	slots []string // by node of a cluster: its own slots, as CLUSTER NODES has them
}

// footing looks at the nodes that a scan is about.
func (c *Client) footing(ctx context.Context, nodes []*redis.Client) (footing, error) {
	f := footing{runs: make([]string, len(nodes))}
	for i, n := range nodes {
		var err error
		if f.runs[i], err = c.runID(ctx, n); err != nil {
			return f, err
		}
	}
	if c.cluster == nil {
		return f, nil
	}
	f.slots = make([]string, len(nodes))
	for i, n := range nodes {
		text, err := n.ClusterNodes(ctx).Result()
		if err := fatal(err); err != nil {
			return f, err
		}
		f.slots[i] = ownSlots(text)
	}
	return f, nil
}

// runID names the process behind a node, "" where the server does not tell.
func (c *Client) runID(ctx context.Context, n *redis.Client) (string, error) {
	if c.lacks("INFO") {
		return "", nil
	}
	text, err := n.Info(ctx, "server").Result()
	if err := fatal(err); err != nil {
		return "", err
	}
	return parseInfo(text)["run_id"], nil
}

// ownSlots are the slots of the node that answered CLUSTER NODES, together with
// those that are on their way to or from it, in brackets.
func ownSlots(nodes string) string {
	const slotsFrom = 8 // fields before the slots
	for line := range strings.Lines(nodes) {
		f := strings.Fields(line)
		if len(f) > slotsFrom && strings.Contains(f[2], "myself") {
			return strings.Join(f[slotsFrom:], " ")
		}
	}
	return ""
}

// moving reports whether slots are on their way.
func (f footing) moving() bool {
	return slices.ContainsFunc(f.slots, func(s string) bool { return strings.Contains(s, "[") })
}

// ended says whether a scan that came to its end has seen every key. After a
// pass during which slots moved there is a second one: a key that was missed
// had just moved, and does not move twice.
func (s *Scan) ended(ctx context.Context) error {
	now, err := s.c.footing(ctx, s.masters)
	if err != nil {
		return err
	}
	if !slices.Equal(now.runs, s.footing.runs) {
		return &ConnError{Addr: s.c.server.Addr, Kind: ConnLost, Err: errRestarted, Hint: "list the keys again"}
	}
	moved := now.moving() || s.footing.moving() || !slices.Equal(now.slots, s.footing.slots)
	if !moved || s.again {
		s.prog.Done = true
		return nil
	}
	err = s.begin(ctx)
	s.again = err == nil
	return err
}

var errRestarted = errors.New("the server was restarted, or another took its place, while its keys were listed")
