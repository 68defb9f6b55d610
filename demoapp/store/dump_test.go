package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"cacheview/inspect/inspecttest"
)

// fillTypes writes a key of every type, with odd bytes and sizes.
func fillTypes(t *testing.T, do func(args ...any)) []string {
	t.Helper()
	odd := string([]byte{0, 1, 0x7f, 0x80, 0xff, '\r', '\n'})
	long := strings.Repeat("long ", 5000)
	do("SET", "empty", "")
	do("SET", "text", odd)
	do("SET", "number", "-12345")
	do("SET", "long", long)
	do("HSET", "hash", "f", odd, "", "empty field", odd, long)
	do("RPUSH", "list", "b", "a", "", "b", odd, long)
	do("SADD", "set", "1", "two", odd, long)
	do("ZADD", "zset", "1.5", "a", "-inf", odd, "0.1", "c", "1e300", long, "3", "")
	do("XADD", "stream", "5-1", "field", odd, "", "")
	do("XADD", "stream", "1700000000000-0", "other", long)
	do("XADD", "stream", "1700000000000-7", "a", "1", "a", "2")
	do("XDEL", "stream", "1700000000000-7")
	do("XGROUP", "CREATE", "stream", "readers", "5-1")
	many := []any{"RPUSH", "many"}
	for i := range 2000 {
		many = append(many, i)
	}
	do(many...)
	return []string{"empty", "text", "number", "long", "hash", "list", "set", "zset", "stream", "many"}
}

// contents reads a key by ordinary commands.
func contents(t *testing.T, rdb *redis.Client, key string) string {
	t.Helper()
	ctx := t.Context()
	typ := rdb.Type(ctx, key).Val()
	var v any
	switch typ {
	case "string":
		v = rdb.Get(ctx, key).Val()
	case "hash":
		v = rdb.HGetAll(ctx, key).Val()
	case "list":
		v = rdb.LRange(ctx, key, 0, -1).Val()
	case "set":
		v = rdb.SMembersMap(ctx, key).Val()
	case "zset":
		v = rdb.ZRangeWithScores(ctx, key, 0, -1).Val()
	case "stream":
		groups, _ := rdb.XInfoGroups(ctx, key).Result()
		last := ""
		for _, g := range groups {
			last += g.Name + " " + g.LastDeliveredID
		}
		v = fmt.Sprint(rdb.XRange(ctx, key, "-", "+").Val(), rdb.Do(ctx, "XINFO", "STREAM", key).String() != "", last)
	}
	return fmt.Sprintf("%s %q", typ, fmt.Sprint(v))
}

// TestDump_RestoresEveryType restores each type from its DUMP: over itself, in a
// transaction, and with a TTL.
func TestDump_RestoresEveryType(t *testing.T) {
	t.Parallel()
	opt, err := redis.ParseURL(opened(t).URL())
	if err != nil {
		t.Fatal(err)
	}
	rdb := redis.NewClient(opt)
	defer rdb.Close()
	ctx := t.Context()
	keys := fillTypes(t, func(args ...any) {
		if err := rdb.Do(ctx, args...).Err(); err != nil {
			t.Fatalf("%v: %v", args[:2], err)
		}
	})
	for _, key := range keys {
		want := contents(t, rdb, key)
		dump, err := rdb.Dump(ctx, key).Result()
		if err != nil || dump == "" {
			t.Fatalf("%s: %q, %v", key, dump, err)
		}
		if err := rdb.Restore(ctx, key, 0, dump).Err(); !redis.HasErrorPrefix(err, "BUSYKEY") {
			t.Errorf("%s: over a key that exists: %v", key, err)
		}
		rdb.Del(ctx, key)
		at := time.Now().Add(time.Hour).UnixMilli()
		if err := rdb.Do(ctx, "RESTORE", key, at, dump, "ABSTTL").Err(); err != nil {
			t.Fatalf("%s: %v", key, err)
		}
		if diff := cmp.Diff(want, contents(t, rdb, key)); diff != "" {
			t.Errorf("%s: %s", key, diff)
		}
		if ttl := rdb.PTTL(ctx, key).Val(); ttl < 59*time.Minute || ttl > time.Hour {
			t.Errorf("%s: expires in %v", key, ttl)
		}
		rdb.Set(ctx, key, "other", 0)
		_, err = rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
			p.RestoreReplace(ctx, key, 0, dump)
			return nil
		})
		if diff := cmp.Diff(want, contents(t, rdb, key)); err != nil || diff != "" || rdb.PTTL(ctx, key).Val() != -1 {
			t.Errorf("%s: in a transaction: %v, %s", key, err, diff)
		}
		bad := []byte(dump)
		bad[len(bad)/2] ^= 1
		if err := rdb.Restore(ctx, "new", 0, string(bad)).Err(); err == nil || rdb.Exists(ctx, "new").Val() != 0 {
			t.Errorf("%s: a damaged payload: %v", key, err)
		}
	}
	if err := rdb.Dump(ctx, "nobody").Err(); err != redis.Nil {
		t.Errorf("a missing key: %v", err)
	}
}

// TestDump_RealServerRestoresIt restores the store's dumps on a real server, and
// those of values that are small enough there on the store.
func TestDump_RealServerRestoresIt(t *testing.T) {
	t.Parallel()
	opt, err := redis.ParseURL(opened(t).URL())
	if err != nil {
		t.Fatal(err)
	}
	demo, ctx := redis.NewClient(opt), t.Context()
	defer demo.Close()
	srv := inspecttest.Start(t)
	real := redis.NewClient(&redis.Options{Addr: srv.Addr})
	defer real.Close()
	keys := fillTypes(t, func(args ...any) {
		if err := demo.Do(ctx, args...).Err(); err != nil {
			t.Fatalf("%v: %v", args[:2], err)
		}
	})
	for _, key := range keys {
		dump := demo.Dump(ctx, key).Val()
		if err := real.Restore(ctx, key, 0, dump).Err(); err != nil {
			t.Errorf("%s: %v", key, err)
			continue
		}
		if diff := cmp.Diff(contents(t, demo, key), contents(t, real, key)); diff != "" {
			t.Errorf("%s: %s", key, diff)
		}
		demo.Del(ctx, key)
	}
	for _, key := range []string{"empty", "text", "number"} {
		if err := demo.Restore(ctx, key, 0, real.Dump(ctx, key).Val()).Err(); err != nil {
			t.Errorf("%s: back: %v", key, err)
		}
		if diff := cmp.Diff(contents(t, real, key), contents(t, demo, key)); diff != "" {
			t.Errorf("%s: back: %s", key, diff)
		}
	}
}
