package demoapp

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"cacheview/decode/flaskcaching"
	"cacheview/decode/value"
)

// keyer is a layout: how names and calls become keys.
type keyer interface {
	name(name string) string
	call(ctx context.Context, f flaskcaching.Function, call flaskcaching.Call, timeout time.Duration) (string, error)
	forget(ctx context.Context, rdb redis.UniversalClient, f flaskcaching.Function, call *flaskcaching.Call, timeout time.Duration) error
}

// guideKeys is the readable layout of the beginner's guide: "homepage", and
// "flask_cache_memoize:square:4" for a call.
// before stands before every name.
type guideKeys struct{ before, prefix string }

func (g guideKeys) name(name string) string { return g.before + name }

func (g guideKeys) function(f flaskcaching.Function) string {
	short := f.Name[strings.LastIndexByte(f.Name, '.')+1:]
	return g.before + g.prefix + "memoize:" + short + ":"
}

func (g guideKeys) call(_ context.Context, f flaskcaching.Function, call flaskcaching.Call, _ time.Duration) (string, error) {
	var args []string
	for _, v := range call.Args {
		if v.Kind() == value.Text && v.Tag() == "" {
			args = append(args, v.Text())
			continue
		}
		repr, err := flaskcaching.PyRepr(v)
		if err != nil {
			return "", err
		}
		args = append(args, repr)
	}
	for _, a := range call.Kwargs {
		repr, err := flaskcaching.PyRepr(a.Value)
		if err != nil {
			return "", err
		}
		args = append(args, a.Name+"="+repr)
	}
	return g.function(f) + strings.Join(args, ":"), nil
}

func (g guideKeys) forget(ctx context.Context, rdb redis.UniversalClient, f flaskcaching.Function, call *flaskcaching.Call, timeout time.Duration) error {
	if call == nil {
		_, err := deletePrefix(ctx, rdb, g.function(f))
		return err
	}
	key, err := g.call(ctx, f, *call, timeout)
	if err != nil {
		return err
	}
	if err := rdb.Del(ctx, key).Err(); err != nil {
		return &redisError{"delete", err}
	}
	return nil
}

// libraryKeys is Flask-Caching's own layout, with versions.
type libraryKeys struct {
	rdb    redis.UniversalClient
	rules  flaskcaching.Rules
	random io.Reader

	written *written
}

func (l libraryKeys) name(name string) string { return string(l.rules.Key(name)) }

// call makes the key of a call, and the versions that it needs when they are
// not there yet.
func (l libraryKeys) call(ctx context.Context, f flaskcaching.Function, call flaskcaching.Call, timeout time.Duration) (string, error) {
	text, err := l.rules.CallText(f, call)
	if err != nil {
		return "", err
	}
	versions, err := l.versions(ctx, f, call, timeout)
	if err != nil {
		return "", err
	}
	return string(l.rules.Memoize(text, versions...)), nil
}

// memvers are the keys of the versions of a call: the function's, and for a
// method the instance's.
func (l libraryKeys) memvers(f flaskcaching.Function, call flaskcaching.Call) ([]string, error) {
	keys := []string{string(l.rules.Memver(f.Name, ""))}
	if !f.IsMethod() || len(call.Args) == 0 {
		return keys, nil
	}
	instance, err := flaskcaching.PyRepr(call.Args[0])
	if err != nil {
		return nil, err
	}
	return append(keys, string(l.rules.Memver(f.Name, instance))), nil
}

// versions reads the versions of a call. When one is missing it makes it and,
// as the library does, writes all of them again.
func (l libraryKeys) versions(ctx context.Context, f flaskcaching.Function, call flaskcaching.Call, timeout time.Duration) ([]string, error) {
	keys, err := l.memvers(f, call)
	if err != nil {
		return nil, err
	}
	stored, err := l.rdb.MGet(ctx, keys...).Result()
	if err != nil {
		return nil, &redisError{"mget", err}
	}
	versions, missing := make([]string, len(keys)), false
	for i := range keys {
		raw, _ := stored[i].(string)
		v, err := flaskcaching.Load([]byte(raw), value.Limits{})
		if versions[i] = v.Text(); err == nil && raw != "" && versions[i] != "" {
			continue
		}
		missing = true
		if versions[i], err = newVersion(l.random); err != nil {
			return nil, err
		}
	}
	if !missing {
		return versions, nil
	}
	return versions, l.store(ctx, keys, versions, timeout)
}

func (l libraryKeys) store(ctx context.Context, keys, versions []string, timeout time.Duration) error {
	l.written.add(keys...)
	pipe := l.rdb.Pipeline()
	for i, key := range keys {
		raw, err := flaskcaching.Serializer{}.Dump(value.NewText(versions[i]))
		if err != nil {
			return err
		}
		pipe.Set(ctx, key, raw, ttl(timeout))
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return &redisError{"set", err}
	}
	return nil
}

// forget deletes the key of one call, or gives the function (for a call of
// nothing but the instance: the instance) a new version, after which the old
// entries are never asked for again. As in the library the new version lives
// for the default timeout.
func (l libraryKeys) forget(ctx context.Context, rdb redis.UniversalClient, f flaskcaching.Function, call *flaskcaching.Call, timeout time.Duration) error {
	if call == nil {
		call = &flaskcaching.Call{}
	} else if len(call.Args)+len(call.Kwargs) == 0 {
		return fmt.Errorf("%s: a call without arguments cannot be forgotten alone", f.Name)
	} else if !f.IsMethod() || len(call.Args)+len(call.Kwargs) > 1 {
		key, err := l.call(ctx, f, *call, timeout)
		if err != nil {
			return err
		}
		if err := rdb.Del(ctx, key).Err(); err != nil {
			return &redisError{"delete", err}
		}
		return nil
	}
	keys, err := l.memvers(f, *call)
	if err != nil {
		return err
	}
	version, err := newVersion(l.random)
	if err != nil {
		return err
	}
	return l.store(ctx, keys[len(keys)-1:], []string{version}, timeout)
}

// deletePrefix deletes every key that starts with prefix, byte for byte, and
// returns how many. It never deletes for an empty prefix.
func deletePrefix(ctx context.Context, rdb redis.UniversalClient, prefix string) (int, error) {
	if prefix == "" {
		return 0, fmt.Errorf("clear: an empty prefix is every key of the database")
	}
	deleted := 0
	pattern := globEscaper.Replace(prefix) + "*"
	for cursor := uint64(0); ; {
		keys, next, err := rdb.Scan(ctx, cursor, pattern, 200).Result()
		if err != nil {
			return deleted, &redisError{"scan", err}
		}
		mine := keys[:0]
		for _, key := range keys {
			if strings.HasPrefix(key, prefix) {
				mine = append(mine, key)
			}
		}
		if len(mine) > 0 {
			n, err := rdb.Unlink(ctx, mine...).Result()
			if err != nil {
				return deleted, &redisError{"unlink", err}
			}
			deleted += int(n)
		}
		if cursor = next; cursor == 0 {
			return deleted, nil
		}
	}
}

// globEscaper makes the characters of a glob mean themselves.
var globEscaper = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`, `]`, `\]`)
