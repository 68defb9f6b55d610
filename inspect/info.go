package inspect

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Info is a sample of the server's own figures, added up over the masters of a
// cluster. The zero value stands for a server that would not tell: then the
// Server's Missing has INFO.
type Info struct {
	At         time.Time
	UsedMemory int64 // bytes
	MaxMemory  int64 // bytes, 0 without a limit
	Policy     string
	// Hits and Misses are lookups since the server started, in all databases,
	// without those of this session.
	Hits      int64
	Misses    int64
	Evicted   int64
	Expired   int64
	OpsPerSec int64
	Clients   int64
	Uptime    time.Duration

	// Commands were processed since the server started, without those of this
	// session.
	Commands int64
	// Resident is what the operating system has given the server, in bytes,
	// and Fragmentation the largest ratio of that to UsedMemory.
	Resident      int64
	Fragmentation float64
	Blocked       int64 // clients that wait in a blocking command
	Rejected      int64 // connections that were one too many
	MaxClients    int64
	// Persistence that does not work: the last snapshot, or the last write or
	// rewrite of the append-only file, failed.
	SnapshotFailed, AppendFailed bool
	AppendOnly                   bool
	Unsaved                      int64     // changes since LastSave
	LastSave                     time.Time // of a snapshot; zero when not told
}

// HitRatio is the share of lookups that found their key, 0..1, and false when
// there has been none.
func (i Info) HitRatio() (float64, bool) {
	if i.Hits+i.Misses <= 0 {
		return 0, false
	}
	return float64(i.Hits) / float64(i.Hits+i.Misses), true
}

// Info samples the server's figures. When the user may not ask it returns a
// zero Info and no error, and notes INFO as missing.
func (c *Client) Info(ctx context.Context) (Info, error) {
	var sum Info
	err := c.eachInfo(ctx, "", func(m map[string]string) {
		sum.add(m)
	})
	if err != nil || sum == (Info{}) {
		return Info{}, err
	}
	sum.At = time.Now()
	sum.Hits = max(sum.Hits-c.looks.hits.Load(), 0)
	sum.Misses = max(sum.Misses-c.looks.misses.Load(), 0)
	sum.Commands = max(sum.Commands-c.looks.sent.Load(), 0)
	return sum, nil
}

func (i *Info) add(m map[string]string) {
	i.UsedMemory += num(m, "used_memory")
	i.MaxMemory += num(m, "maxmemory")
	i.Policy = cmp.Or(i.Policy, m["maxmemory_policy"])
	i.Hits += num(m, "keyspace_hits")
	i.Misses += num(m, "keyspace_misses")
	i.Evicted += num(m, "evicted_keys")
	i.Expired += num(m, "expired_keys")
	i.OpsPerSec += num(m, "instantaneous_ops_per_sec")
	i.Clients += num(m, "connected_clients")
	i.Uptime = max(i.Uptime, time.Duration(num(m, "uptime_in_seconds"))*time.Second)

	i.Commands += num(m, "total_commands_processed")
	i.Resident += num(m, "used_memory_rss")
	if ratio, err := strconv.ParseFloat(m["mem_fragmentation_ratio"], 64); err == nil {
		i.Fragmentation = max(i.Fragmentation, ratio)
	}
	i.Blocked += num(m, "blocked_clients")
	i.Rejected += num(m, "rejected_connections")
	i.MaxClients += num(m, "maxclients")
	i.SnapshotFailed = i.SnapshotFailed || m["rdb_last_bgsave_status"] == "err"
	i.AppendFailed = i.AppendFailed || m["aof_last_write_status"] == "err" || m["aof_last_bgrewrite_status"] == "err"
	i.AppendOnly = i.AppendOnly || m["aof_enabled"] == "1"
	i.Unsaved += num(m, "rdb_changes_since_last_save")
	if at := num(m, "rdb_last_save_time"); at > 0 && (i.LastSave.IsZero() || at < i.LastSave.Unix()) {
		i.LastSave = time.Unix(at, 0)
	}
}

// Database is one line of INFO keyspace.
type Database struct {
	Number  int
	Keys    int64
	Expires int64 // keys that have a time to live
}

// Databases lists the databases that hold keys, in order. It is empty when the
// user may not ask.
func (c *Client) Databases(ctx context.Context) ([]Database, error) {
	byNumber := map[int]Database{}
	err := c.eachInfo(ctx, "keyspace", func(m map[string]string) {
		for name, line := range m {
			n, err := strconv.Atoi(strings.TrimPrefix(name, "db"))
			if err != nil || !strings.HasPrefix(name, "db") {
				continue
			}
			db := byNumber[n]
			db.Number = n
			for _, field := range strings.Split(line, ",") {
				k, v, _ := strings.Cut(field, "=")
				count, _ := strconv.ParseInt(v, 10, 64)
				switch k {
				case "keys":
					db.Keys += count
				case "expires":
					db.Expires += count
				}
			}
			byNumber[n] = db
		}
	})
	return slices.SortedFunc(maps.Values(byNumber), func(a, b Database) int {
		return cmp.Compare(a.Number, b.Number)
	}), err
}

// eachInfo calls fn with the parsed INFO of every master.
func (c *Client) eachInfo(ctx context.Context, section string, fn func(map[string]string)) error {
	if c.lacks("INFO") {
		return nil
	}
	nodes, err := c.masters(ctx)
	if err != nil {
		return err
	}
	for _, n := range nodes {
		args := []any{"info"}
		if section != "" {
			args = append(args, section)
		}
		text, err := n.Do(ctx, args...).Text()
		switch {
		case unsupported(err):
			c.missInfo()
			return nil
		case err != nil:
			return c.lostErr(fmt.Errorf("info: %w", err))
		}
		fn(parseInfo(text))
	}
	return nil
}

func (c *Client) missInfo() { c.miss("INFO", "no memory, hit ratio, evictions or uptime") }

// parseInfo reads INFO's lines of name:value; comments and anything else are
// left out.
func parseInfo(text string) map[string]string {
	m := map[string]string{}
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimRight(line, "\r")
		if name, value, ok := strings.Cut(line, ":"); ok && !strings.HasPrefix(line, "#") {
			m[name] = value
		}
	}
	return m
}

func num(m map[string]string, name string) int64 {
	n, _ := strconv.ParseInt(m[name], 10, 64)
	return n
}

func firstOf(m map[string]string, names ...string) string {
	for _, n := range names {
		if m[n] != "" {
			return m[n]
		}
	}
	return ""
}
