package demoapp

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/singleflight"

	"cacheview/decode/flaskcaching"
	"cacheview/decode/value"
)

// Cache is a small client that stores what Flask-Caching stores, under the
// keys that its layout says. It is safe for concurrent use.
type Cache struct {
	rdb     redis.UniversalClient
	keys    keyer
	owned   owned
	timeout time.Duration
	ser     flaskcaching.Serializer
	flights singleflight.Group
	running sync.WaitGroup
	written *written
}

// written are the names of the keys that a Cache stored, or is about to.
type written struct {
	mu   sync.Mutex
	keys map[string]bool
}

func (w *written) add(keys ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, key := range keys {
		w.keys[key] = true
	}
}

func (w *written) list() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Collect(maps.Keys(w.keys))
}

// owned is what Clear deletes: these keys, and every key with these prefixes.
type owned struct {
	keys     []string
	prefixes []string
}

// Origin says where an Answer came from.
type Origin string

// The origins of an answer.
const (
	Hit    Origin = "hit"    // read from Redis
	Miss   Origin = "miss"   // computed, and stored
	Shared Origin = "shared" // computed by a call that was already under way
	Bypass Origin = "bypass" // computed; Redis did not answer
)

// Result is what Cached and Memoize return.
type Result struct {
	Value  value.Value
	Origin Origin
	Key    string // empty when the key could not be known
	Err    error  // why Redis was bypassed, or the value not stored
}

// NewFlaskCache returns a client that uses Flask-Caching's true keys under the
// given rules: an application in Python with the same settings and this one
// serve each other's entries. random is the source of versions; nil is the
// system's.
func NewFlaskCache(rdb redis.UniversalClient, rules flaskcaching.Rules, random io.Reader) *Cache {
	if random == nil {
		random = rand.Reader
	}
	w := &written{keys: make(map[string]bool)}
	return &Cache{
		rdb:     rdb,
		keys:    libraryKeys{rdb, rules, random, w},
		owned:   owned{prefixes: []string{rules.Prefix}},
		timeout: flaskcaching.DefaultTimeout,
		written: w,
	}
}

// newGuideCache returns a client with the readable keys of the guide.
func newGuideCache(rdb redis.UniversalClient, keys guideKeys, own owned) *Cache {
	return &Cache{
		rdb:     rdb,
		keys:    keys,
		owned:   own,
		timeout: flaskcaching.DefaultTimeout,
		written: &written{keys: make(map[string]bool)},
	}
}

// Cached returns what is stored under name, or stores what compute returns for
// timeout; flaskcaching.Forever is no expiry.
func (c *Cache) Cached(ctx context.Context, name string, timeout time.Duration, compute Compute) (Result, error) {
	return c.serve(ctx, c.keys.name(name), timeout, nil, compute)
}

// Compute makes a value that is not in the cache.
type Compute func(ctx context.Context) (value.Value, error)

// Memoize returns what is stored for a call of f, or stores what compute
// returns for timeout.
func (c *Cache) Memoize(ctx context.Context, f flaskcaching.Function, call flaskcaching.Call, timeout time.Duration, compute Compute) (Result, error) {
	key, err := c.keys.call(ctx, f, call, timeout)
	if _, broken := errors.AsType[*redisError](err); err != nil && !broken {
		return Result{}, err
	}
	return c.serve(ctx, key, timeout, err, compute)
}

// serve answers from key or by compute. With down set, Redis is not asked. Of
// several callers one asks and computes, and all have its answer; that is
// finished and stored also when the caller that began it goes away.
func (c *Cache) serve(ctx context.Context, key string, timeout time.Duration, down error, compute Compute) (Result, error) {
	if down != nil {
		v, err := compute(ctx)
		return Result{v, Bypass, key, down}, err
	}
	first := false
	c.running.Add(1)
	done := c.flights.DoChan(key, func() (any, error) {
		first = true
		return c.answer(context.WithoutCancel(ctx), key, timeout, compute)
	})
	result := make(chan singleflight.Result, 1)
	go func() {
		defer c.running.Done()
		result <- <-done
	}()
	select {
	case <-ctx.Done():
		return Result{}, ctx.Err()
	case r := <-result:
		if r.Err != nil {
			return Result{}, r.Err
		}
		a := r.Val.(Result)
		if !first && a.Origin == Miss {
			a.Origin = Shared
		}
		return a, nil
	}
}

// answer reads key, or computes its value and stores it.
func (c *Cache) answer(ctx context.Context, key string, timeout time.Duration, compute Compute) (Result, error) {
	v, found, down := c.read(ctx, key)
	if found {
		return Result{v, Hit, key, nil}, nil
	}
	v, err := compute(ctx)
	switch {
	case err != nil:
		return Result{}, err
	case down != nil:
		return Result{v, Bypass, key, down}, nil
	}
	return Result{v, Miss, key, c.write(ctx, key, v, timeout)}, nil
}

// read returns the value under key. As in the library a stored None, and a
// pickle that cannot be read, are not found.
func (c *Cache) read(ctx context.Context, key string) (v value.Value, found bool, err error) {
	raw, err := c.rdb.Get(ctx, key).Bytes()
	switch {
	case errors.Is(err, redis.Nil):
		return v, false, nil
	case err != nil:
		return v, false, &redisError{"get", err}
	}
	v, err = flaskcaching.Load(raw, value.Limits{})
	return v, err == nil && v.Kind() != value.Null, nil
}

func (c *Cache) write(ctx context.Context, key string, v value.Value, timeout time.Duration) error {
	raw, err := c.ser.Dump(v)
	if err != nil {
		return err
	}
	c.written.add(key)
	if err := c.rdb.Set(ctx, key, raw, ttl(timeout)).Err(); err != nil {
		return &redisError{"set", err}
	}
	return nil
}

// ttl is a timeout as go-redis takes it: 0 is no expiry.
func ttl(timeout time.Duration) time.Duration {
	if timeout == flaskcaching.NoTimeout {
		return 0
	}
	return timeout
}

// Delete deletes what Cached stored under name, and reports whether it was
// there.
func (c *Cache) Delete(ctx context.Context, name string) (bool, error) {
	n, err := c.rdb.Del(ctx, c.keys.name(name)).Result()
	if err != nil {
		return false, &redisError{"delete", err}
	}
	return n > 0, nil
}

// DeleteMemoized forgets one call of f, or with a nil call all of them; with a
// call of nothing but the instance of a method, that instance's.
func (c *Cache) DeleteMemoized(ctx context.Context, f flaskcaching.Function, call *flaskcaching.Call) error {
	return c.keys.forget(ctx, c.rdb, f, call, c.timeout)
}

// Clear deletes every key of the application and returns how many there were.
// It finds them by SCAN, in small steps, and deletes nothing else.
func (c *Cache) Clear(ctx context.Context) (int, error) {
	deleted := 0
	if len(c.owned.keys) > 0 {
		n, err := c.rdb.Del(ctx, c.owned.keys...).Result()
		if err != nil {
			return deleted, &redisError{"clear", err}
		}
		deleted += int(n)
	}
	for _, prefix := range c.owned.prefixes {
		n, err := deletePrefix(ctx, c.rdb, prefix)
		deleted += n
		if err != nil {
			return deleted, err
		}
	}
	return deleted, nil
}

// wait returns when nothing is being computed any more.
func (c *Cache) wait() { c.running.Wait() }

// redisError is an error of the server or of the way to it.
type redisError struct {
	op  string
	err error
}

func (e *redisError) Error() string { return fmt.Sprintf("%s: %v", e.op, e.err) }
func (e *redisError) Unwrap() error { return e.err }

// newVersion is what the library calls a version hash: the first six of the
// base64 characters of a random UUID.
func newVersion(random io.Reader) (string, error) {
	var uuid [16]byte
	if _, err := io.ReadFull(random, uuid[:]); err != nil {
		return "", err
	}
	uuid[6], uuid[8] = uuid[6]&0x0f|0x40, uuid[8]&0x3f|0x80
	return base64.StdEncoding.EncodeToString(uuid[:])[:6], nil
}
