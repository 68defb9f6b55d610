package demoapp

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"cacheview/decode/flaskcaching"
	"cacheview/decode/value"
)

// traffic is other visitors of the app: a few requests a second for products,
// prices, sessions and counters. It never touches the pages of the guide, so
// that the first visit of a person is always a miss.
type traffic struct {
	app    *App
	cache  *Cache
	prefix string // before every key
	views  string // before the name of a view
	rng    *rand.Rand
}

// newTraffic returns traffic whose keys all start with prefix.
func newTraffic(a *App, prefix string) *traffic {
	own := a.cfg.Prefix
	if !a.cfg.ownStore {
		own = prefix + flaskcaching.DefaultPrefix
	}
	cache := newGuideCache(a.rdb, own, owned{prefixes: []string{own}})
	if a.cfg.Layout == FlaskCaching {
		cache = NewFlaskCache(a.rdb, flaskcaching.Rules{Prefix: own}, nil)
	}
	seed := uint64(a.cfg.Now().UnixNano())
	t := &traffic{app: a, cache: cache, prefix: prefix, rng: rand.New(rand.NewPCG(seed, 1))}
	if a.cfg.Layout == Guide { // where names have no prefix of their own
		t.views = own
	}
	return t
}

// Pace of the visits.
const (
	visitEvery = 150 * time.Millisecond // at the fastest
	visitRange = 400 * time.Millisecond // and at random up to this much later
	atOnce     = 4                      // visits under way
)

// run visits until ctx ends, and returns when the last visit has.
func (t *traffic) run(ctx context.Context) {
	var visits sync.WaitGroup
	defer visits.Wait()
	slots := make(chan struct{}, atOnce)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		timer.Reset(visitEvery + time.Duration(t.rng.Int64N(int64(visitRange))))
		visit := t.next()
		select {
		case slots <- struct{}{}:
			visits.Go(func() {
				defer func() { <-slots }()
				visit(ctx)
			})
		default: // Redis is slow; this visitor goes away
		}
	}
}

// next chooses a visit. Random numbers are drawn here, by one goroutine.
func (t *traffic) next() func(context.Context) {
	popular := t.rng.Float64()
	n := int(40*popular*popular) + 1 // few products get most of the visits
	city := []string{"paris", "berlin", "lagos", "quito", "osaka"}[t.rng.IntN(5)]
	temperature := float64(t.rng.IntN(400))/10 - 5
	visitor := fmt.Sprintf("%08x", uint32(t.rng.IntN(12))*0x9e3779b1)
	switch t.rng.IntN(10) {
	case 0, 1, 2, 3:
		return func(ctx context.Context) { t.product(ctx, n) }
	case 4, 5:
		return func(ctx context.Context) { t.weather(ctx, city, temperature) }
	case 6, 7:
		return func(ctx context.Context) { t.session(ctx, visitor, n) }
	case 8:
		return func(ctx context.Context) { t.limit(ctx, visitor) }
	}
	return func(ctx context.Context) { t.count(ctx) }
}

// product asks for a cached view, stored as the dict that the view returned.
// Errors are not looked at here or below: visitors are there for the look of
// it, and when Redis is down there is nothing to look at.
func (t *traffic) product(ctx context.Context, n int) {
	name := fmt.Sprintf("%sview//products/%d", t.views, n)
	_, _ = t.cache.Cached(ctx, name, 45*time.Second, func(context.Context) (value.Value, error) {
		return value.OfMap(value.Dict{
			{Key: value.OfText("id"), Value: value.OfInt(int64(n))},
			{Key: value.OfText("name"), Value: text("Product %d", n)},
			{Key: value.OfText("price"), Value: value.OfFloat(float64(n*137%9000)/100 + 0.99)},
			{Key: value.OfText("tags"), Value: value.OfSeq(value.List{value.OfText("new"), value.OfText("sale")})},
		}), nil
	})
}

// weather asks for a memoized call with a keyword.
func (t *traffic) weather(ctx context.Context, city string, degrees float64) {
	f := flaskcaching.Function{Name: "__main__.weather", Params: []flaskcaching.Param{{Name: "city"}}}
	call := flaskcaching.Call{Args: []value.Value{value.OfText(city)}}
	_, _ = t.cache.Memoize(ctx, f, call, 20*time.Second, func(context.Context) (value.Value, error) {
		return value.OfSeq(value.List{value.OfText(city), value.OfFloat(degrees)}).Tagged("tuple"), nil
	})
}

// session keeps a visitor's session alive.
func (t *traffic) session(ctx context.Context, visitor string, n int) {
	body := fmt.Sprintf(`{"_permanent":true,"user_id":%d,"csrf_token":"%s"}`, n, visitor)
	key := t.prefix + "session:" + visitor
	t.cache.written.add(key)
	_ = t.app.rdb.Set(ctx, key, body, 25*time.Second).Err()
}

// limit counts the requests of a visitor over ten seconds.
func (t *traffic) limit(ctx context.Context, visitor string) {
	key := t.prefix + "rate:" + visitor
	t.cache.written.add(key)
	pipe := t.app.rdb.Pipeline()
	pipe.Incr(ctx, key)
	pipe.Expire(ctx, key, 10*time.Second)
	_, _ = pipe.Exec(ctx)
}

// count counts page views of the minute.
func (t *traffic) count(ctx context.Context) {
	key := t.prefix + "hits:" + t.app.cfg.Now().Format("15:04")
	t.cache.written.add(key)
	pipe := t.app.rdb.Pipeline()
	pipe.HIncrBy(ctx, key, "/products", 1)
	pipe.Expire(ctx, key, 90*time.Second)
	_, _ = pipe.Exec(ctx)
}
