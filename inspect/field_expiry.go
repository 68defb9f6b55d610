package inspect

import (
	"bytes"
	"context"
	"strconv"

	"cacheview/inspect/keyspace"
)

const (
	fieldPage = 512    // fields of a hash in one request
	maxFields = 10_000 // fields of one hash that are checked
)

// markFieldExpiry finds the hashes among keys that have no expiry of their own
// but whose fields all have one, and marks them as keyspace.FieldsExpire. INFO
// tells of a single server whether it holds any hash with such a field; only
// then is one random field of each hash looked at, and only where that expires
// are the others.
func (c *Client) markFieldExpiry(ctx context.Context, keys []Key) error {
	if c.noFieldTTLs.Load() {
		return nil
	}
	var hashes []*Key
	for i := range keys {
		if k := &keys[i]; k.Exists && k.Err == nil && k.Meta.Type == keyspace.Hash && k.Meta.Expiry == keyspace.NoExpiry {
			hashes = append(hashes, k)
		}
	}
	if len(hashes) == 0 {
		return nil
	}
	if c.cluster == nil {
		if have, err := c.haveFieldTTLs(ctx); err != nil || !have {
			return err
		}
	}
	drawn, err := c.pipeline(ctx, len(hashes), func(i int) []any { return []any{"hrandfield", hashes[i].Name} })
	if err != nil {
		return err
	}
	times, err := c.pipeline(ctx, len(hashes), func(i int) []any {
		field, _ := drawn[i].text()
		return []any{"hpexpiretime", hashes[i].Name, "fields", 1, field}
	})
	if err != nil {
		return err
	}
	for i, k := range hashes {
		r := replyReader(times[i])
		list, err := r.times()
		if unsupported(err) {
			c.noFieldTTLs.Store(true)
			return nil
		}
		if err != nil || len(list) != 1 || list[0] <= 0 {
			continue
		}
		all, err := c.allFieldsExpire(ctx, k.Name)
		if err != nil {
			return err
		}
		if all {
			k.Meta.Expiry = keyspace.FieldsExpire
		}
	}
	return nil
}

// haveFieldTTLs reports whether the database may hold hashes with fields that
// expire. Redis counts them since 7.4 and Valkey since 9.
func (c *Client) haveFieldTTLs(ctx context.Context) (bool, error) {
	replies, err := c.pipeline(ctx, 1, func(int) []any { return []any{"info", "keyspace"} })
	if err != nil {
		return false, err
	}
	text, err := replies[0].text()
	if err != nil {
		return true, nil // not allowed: the fields tell
	}
	counted := false
	for _, name := range []string{"subexpiry=", "keys_with_volatile_items="} {
		for rest := text; ; {
			_, after, ok := bytes.Cut(rest, []byte(name))
			if !ok {
				break
			}
			counted = true
			if len(after) > 0 && after[0] >= '1' && after[0] <= '9' {
				return true, nil
			}
			rest = after
		}
	}
	if !counted && bytes.Contains(text, []byte(":keys=")) {
		c.noFieldTTLs.Store(true)
	}
	return false, nil
}

// allFieldsExpire reports whether each of the first fields of a hash expires.
func (c *Client) allFieldsExpire(ctx context.Context, name []byte) (bool, error) {
	cursor := "0"
	for seen := 0; seen < maxFields; {
		replies, err := c.pipeline(ctx, 1, func(int) []any {
			return []any{"hscan", name, cursor, "count", fieldPage, "novalues"}
		})
		if err != nil {
			return false, err
		}
		r := replyReader(replies[0])
		next, fields, err := r.scanPage()
		if err != nil {
			return false, nil
		}
		for len(fields) > 0 {
			some := fields[:min(len(fields), fieldPage)]
			fields = fields[len(some):]
			times, err := c.pipeline(ctx, 1, func(int) []any {
				args := []any{"hpexpiretime", name, "fields", strconv.Itoa(len(some))}
				for _, f := range some {
					args = append(args, f)
				}
				return args
			})
			if err != nil {
				return false, err
			}
			t := replyReader(times[0])
			list, err := t.times()
			if err != nil {
				return false, nil
			}
			for _, at := range list {
				if at == -1 {
					return false, nil
				}
			}
			seen += len(list)
		}
		if cursor = next; cursor == "0" {
			return true, nil
		}
	}
	return true, nil
}

// times takes a list of numbers.
func (r *replyReader) times() ([]int64, error) {
	n, err := r.array()
	if err != nil {
		return nil, err
	}
	var list []int64
	for range max(n, 0) {
		text, err := r.text()
		if err != nil {
			return nil, err
		}
		at, err := strconv.ParseInt(string(text), 10, 64)
		if err != nil {
			return nil, errReply
		}
		list = append(list, at)
	}
	return list, nil
}

// scanPage takes a cursor and a list of names.
func (r *replyReader) scanPage() (cursor string, names [][]byte, err error) {
	if _, err = r.array(); err != nil {
		return "", nil, err
	}
	next, err := r.text()
	if err != nil {
		return "", nil, err
	}
	n, err := r.array()
	for i := 0; i < n && err == nil; i++ {
		var name []byte
		name, err = r.text()
		names = append(names, name)
	}
	return string(next), names, err
}
