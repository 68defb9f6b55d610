package inspect

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"
)

// greet finds out who answers, and that it lets this user list keys. Its errors
// end Open.
func (c *Client) greet(ctx context.Context) error {
	cmd := c.cmdable()
	hello, err := cmd.Do(ctx, "hello").Result()
	if err := fatal(err); err != nil {
		return err
	}
	fields := pairs(hello)
	c.identify(fields["server"], fields["version"], fields["mode"])
	if c.server.Mode == "sentinel" {
		return &ConnError{Addr: c.server.Addr, Kind: ConnSentinel, Err: errors.New("not a data server"), Hint: hints[ConnSentinel]}
	}

	info, err := cmd.Info(ctx, "server").Result()
	if err := fatal(err); err != nil {
		return err
	}
	switch {
	case refused(err) != nil: // for now: it is not known whether INFO is there
		return advised(err)
	case err != nil:
		c.missInfo()
	default:
		sections := parseInfo(info)
		c.identify(product(sections), firstOf(sections, "valkey_version", "dragonfly_version", "redis_version"), sections["redis_mode"])
	}

	if c.cluster == nil {
		err = c.one.Do(ctx, "scan", "0", "count", "1").Err()
		if unsupported(err) {
			return &ConnError{Addr: c.server.Addr, Kind: ConnNotAllowed, Err: short(err), Hint: hints[ConnNotAllowed]}
		}
		return advised(err)
	}
	return nil
}

// fatal is err unless it is only one command that the server refuses.
func fatal(err error) error {
	if isReply(err) {
		if kind := kindOf(err); kind == ConnOther || kind == ConnNotAllowed {
			return nil
		}
	}
	return err
}

// isReply reports whether err is an error that the server answered with.
func isReply(err error) bool {
	_, ok := errors.AsType[redis.Error](err)
	return ok
}

func (c *Client) identify(product, version, mode string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if product != "" {
		c.server.Product = productName(product)
	}
	if version != "" {
		c.server.Version = version
	}
	if mode != "" {
		c.server.Mode = mode
	}
}

// probe notes at the start what will be missed later, by asking about a key
// that does not exist. What writes is not tried.
func (c *Client) probe(ctx context.Context) {
	const nobody = "cacheview:nobody"
	if unsupported(c.cmdable().Do(ctx, "memory", "usage", nobody).Err()) {
		c.missMemory()
	}
	if !c.cfg.ReadOnly && unsupported(c.cmdable().Do(ctx, "dump", nobody).Err()) {
		c.missDump()
	}
}

func (c *Client) missMemory() {
	c.miss("MEMORY USAGE", "sizes are lengths of values, without overhead")
}

func (c *Client) missDump() { c.miss("DUMP", "a delete cannot be undone") }

func product(info map[string]string) string {
	switch {
	case info["dragonfly_version"] != "":
		return "dragonfly"
	case info["server_name"] != "": // Valkey
		return info["server_name"]
	case strings.Contains(info["executable"], "keydb"), strings.Contains(info["config_file"], "keydb"):
		return "keydb"
	}
	return ""
}

func productName(s string) string {
	for _, name := range []string{"Redis", "Valkey", "KeyDB", "Dragonfly", "miniredis"} {
		if strings.EqualFold(s, name) {
			return name
		}
	}
	return s
}

// pairs reads a map reply of RESP3, or the flat list that RESP2 has for it.
func pairs(reply any) map[string]string {
	out := map[string]string{}
	switch m := reply.(type) {
	case map[any]any:
		for k, v := range m {
			out[fmt.Sprint(k)] = fmt.Sprint(v)
		}
	case []any:
		for i := 0; i+1 < len(m); i += 2 {
			out[fmt.Sprint(m[i])] = fmt.Sprint(m[i+1])
		}
	}
	return out
}
