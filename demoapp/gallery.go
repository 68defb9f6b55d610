package demoapp

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"cacheview/decode/flaskcaching"
	"cacheview/decode/value"
)

// gallery is what gallery/make.py wrote.
//
//go:embed gallery/index.json gallery/*.bin
var gallery embed.FS

// entry is one key of the gallery. Key and the members are base64 in the file.
type entry struct {
	Key     []byte          `json:"key"`
	Type    string          `json:"type"`
	TTL     int             `json:"ttl"` // seconds, 0 is none
	File    string          `json:"file"`
	Members json.RawMessage `json:"members"`
}

// Seed writes a gallery of keys, each with prefix in front: what Flask-Caching,
// Django, Celery, Rails, Laravel, Spring and others store, every type of
// Redis, damaged and hostile values, and a large one. Keys of these names are
// replaced. It returns the names that it wrote, also beside an error.
func Seed(ctx context.Context, rdb redis.UniversalClient, prefix string) ([]string, error) {
	raw, err := gallery.ReadFile("gallery/index.json")
	if err != nil {
		return nil, err
	}
	var entries []entry
	if err := json.Unmarshal(raw, &entries); err != nil {
		return nil, fmt.Errorf("gallery: %w", err)
	}
	var keys []string
	pipe := rdb.Pipeline()
	for _, e := range entries {
		key := prefix + string(e.Key)
		pipe.Del(ctx, key)
		if err := e.queue(ctx, pipe, key); err != nil {
			return nil, fmt.Errorf("gallery: %q: %w", e.Key, err)
		}
		if e.TTL > 0 {
			pipe.Expire(ctx, key, time.Duration(e.TTL)*time.Second)
		}
		keys = append(keys, key)
	}
	report, err := largePage()
	if err != nil {
		return nil, err
	}
	key := prefix + flaskcaching.DefaultPrefix + "view//report/full"
	pipe.Set(ctx, key, report, time.Hour)
	if _, err := pipe.Exec(ctx); err != nil {
		return keys, &redisError{"seed", err}
	}
	return append(keys, key), nil
}

// queue adds the commands that write one key.
func (e entry) queue(ctx context.Context, pipe redis.Pipeliner, key string) error {
	if e.Type == "string" {
		raw, err := gallery.ReadFile("gallery/" + e.File)
		pipe.Set(ctx, key, raw, 0)
		return err
	}
	if e.Type == "list" || e.Type == "set" {
		var members [][]byte
		if err := json.Unmarshal(e.Members, &members); err != nil {
			return err
		}
		for _, m := range members {
			if e.Type == "list" {
				pipe.RPush(ctx, key, m)
			} else {
				pipe.SAdd(ctx, key, m)
			}
		}
		return nil
	}
	if e.Type == "stream" {
		return e.queueStream(ctx, pipe, key)
	}
	var pairs [][2][]byte
	if err := json.Unmarshal(e.Members, &pairs); err != nil {
		return err
	}
	for _, p := range pairs {
		if e.Type == "hash" {
			pipe.HSet(ctx, key, p[0], p[1])
			continue
		}
		score, err := strconv.ParseFloat(string(p[1]), 64)
		if err != nil {
			return err
		}
		pipe.ZAdd(ctx, key, redis.Z{Score: score, Member: p[0]})
	}
	return nil
}

func (e entry) queueStream(ctx context.Context, pipe redis.Pipeliner, key string) error {
	var rows [][2]json.RawMessage
	if err := json.Unmarshal(e.Members, &rows); err != nil {
		return err
	}
	for _, row := range rows {
		var id []byte
		var fields [][]byte
		if err := json.Unmarshal(row[0], &id); err != nil {
			return err
		}
		if err := json.Unmarshal(row[1], &fields); err != nil {
			return err
		}
		args := &redis.XAddArgs{Stream: key, ID: string(id)}
		var values []any
		for _, f := range fields {
			values = append(values, f)
		}
		args.Values = values
		pipe.XAdd(ctx, args)
	}
	return nil
}

// largeRows is how many rows the large value has; it is about 600 KB.
const largeRows = 6000

// largePage is a cached page that is too large to be shown at once.
func largePage() ([]byte, error) {
	var b strings.Builder
	b.WriteString("<table>\n")
	for i := range largeRows {
		fmt.Fprintf(&b, "<tr><td>%d</td><td>Order %06d</td><td>customer%d@example.org</td><td>%d.%02d</td></tr>\n",
			i, i*7919%1000000, i%997, i*13%500, i%100)
	}
	b.WriteString("</table>\n")
	return flaskcaching.Serializer{}.Dump(value.NewText(b.String()))
}
