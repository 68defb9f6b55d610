package inspect

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"cacheview/inspect/journal"
)

// identity asks the server who it is. What it does not report is empty; an error
// is of the connection.
func (c *Client) identity(ctx context.Context) (journal.Identity, error) {
	var id journal.Identity
	if c.cfg.Sentinel != nil {
		id.Sentinel = c.cfg.Sentinel.Master
	}
	if c.cluster != nil {
		nodes, err := c.masters(ctx)
		if err != nil {
			return id, err
		}
		text, err := nodes[0].ClusterNodes(ctx).Result()
		if err != nil && !unsupported(err) {
			return id, c.lostErr(fmt.Errorf("identify the cluster: %w", advised(err)))
		}
		id.Nodes = nodeIDs(text)
		return id, nil
	}
	if c.lacks("INFO") {
		return id, nil
	}
	cmds := [2]*redis.StringCmd{}
	_, _ = c.one.Pipelined(ctx, func(p redis.Pipeliner) error {
		cmds[0], cmds[1] = p.Info(ctx, "server"), p.Info(ctx, "replication")
		return nil
	})
	for _, cmd := range cmds {
		if err := cmd.Err(); err != nil && !unsupported(err) {
			return id, c.lostErr(fmt.Errorf("identify the server: %w", advised(err)))
		}
	}
	server, replication := parseInfo(cmds[0].Val()), parseInfo(cmds[1].Val())
	id.RunID = server["run_id"]
	if up := num(server, "uptime_in_seconds"); server["uptime_in_seconds"] != "" {
		id.Started = time.Now().Add(-time.Duration(up) * time.Second).UTC().Truncate(time.Second)
	}
	id.ReplID, id.ReplID2 = replication["master_replid"], replication["master_replid2"]
	return id, nil
}

// maxNodeIDs limits the cluster nodes that an identity lists.
const maxNodeIDs = 128

// nodeIDs reads the IDs of CLUSTER NODES.
func nodeIDs(text string) []string {
	var ids []string
	for line := range strings.Lines(text) {
		if f := strings.Fields(line); len(f) > 2 && len(f[0]) == 40 {
			ids = append(ids, f[0])
		}
	}
	slices.Sort(ids)
	return ids[:min(len(ids), maxNodeIDs)]
}

// sameServer refuses a plan that was made on another server or database. A server
// that does not identify itself, or that was restarted, is taken for the same if
// it is addressed by the same words.
func (c *Client) sameServer(ctx context.Context, p *Plan) error {
	here := c.Server()
	if here.DB == p.Server.DB {
		id, err := c.identity(ctx)
		if err != nil {
			return err
		}
		switch p.Server.Identity.Compare(id, time.Time{}) {
		case journal.Same:
			return nil
		case journal.Unsure:
			if here.Addr == p.Server.Addr {
				return nil
			}
		}
	}
	return &TargetError{Planned: p.Server.where(), Open: here.where()}
}
