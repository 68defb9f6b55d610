package inspect

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"
)

// SlowlogEntry is an entry of the server's slow log (the SLOWLOG GET command).
type SlowlogEntry struct {
	At      time.Time     // to the second, by the server's clock
	Took    time.Duration // of the command itself, without waiting and network
	Command []string      // bytes as text, cut by the server
	Client  string        // address of who sent it, "" before Redis 4
}

// Slowlog returns the newest entries of the slow log of all masters, newest
// first, without those of sessions that go by this one's name. When the user
// may not ask it returns none and no error, and notes SLOWLOG as missing.
func (c *Client) Slowlog(ctx context.Context, limit int) ([]SlowlogEntry, error) {
	if c.lacks("SLOWLOG") {
		return nil, nil
	}
	nodes, err := c.masters(ctx)
	if err != nil {
		return nil, err
	}
	var list []SlowlogEntry
	for _, n := range nodes {
		reply, err := n.Do(ctx, "slowlog", "get", limit).Slice()
		switch {
		case unsupported(err):
			c.miss("SLOWLOG", "slow commands are not shown")
			return nil, nil
		case err != nil && err != redis.Nil:
			return nil, c.lostErr(fmt.Errorf("slowlog: %w", err))
		}
		for _, entry := range reply {
			if s, name, ok := slowEntry(entry); ok && (name == "" || name != c.cfg.ClientName) {
				list = append(list, s)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b SlowlogEntry) int { return b.At.Compare(a.At) })
	return list[:min(limit, len(list))], nil
}

// slowEntry reads [id, seconds, microseconds, [argument...], address, name].
func slowEntry(reply any) (s SlowlogEntry, name string, ok bool) {
	f, _ := reply.([]any)
	if len(f) < 4 {
		return s, "", false
	}
	at, ok1 := f[1].(int64)
	took, ok2 := f[2].(int64)
	args, ok3 := f[3].([]any)
	if !ok1 || !ok2 || !ok3 {
		return s, "", false
	}
	s.At, s.Took = time.Unix(at, 0), time.Duration(took)*time.Microsecond
	for _, a := range args {
		text, _ := a.(string)
		s.Command = append(s.Command, text)
	}
	if len(f) >= 6 {
		s.Client, _ = f[4].(string)
		name, _ = f[5].(string)
	}
	return s, name, true
}
