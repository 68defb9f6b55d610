package demoapp

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"cacheview/decode/flaskcaching"
	"cacheview/decode/value"
)

// traffic is other visitors of the app: a few requests a second for products,
// prices, sessions and counters. It never touches the pages of the guide, so
// that the first visit of a person is always a miss.
//
// It is made to have something to find: searches are hardly ever asked for
// again, prices are forgotten as a whole and leave results that no call can
// hit, and what is in stock is worked out for all products at once, so that it
// expires at once.
type traffic struct {
	app    *App
	cache  *Cache
	shop   *Cache // has the library's own keys in either layout
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
	cache := newGuideCache(a.rdb, guideKeys{prefix: own}, owned{prefixes: []string{own}})
	if a.cfg.Layout == FlaskCaching {
		cache = NewFlaskCache(a.rdb, flaskcaching.Rules{Prefix: own}, nil)
	}
	seed := uint64(a.cfg.Now().UnixNano())
	t := &traffic{
		app: a, cache: cache, prefix: prefix, rng: rand.New(rand.NewPCG(seed, 1)),
		shop: NewFlaskCache(a.rdb, flaskcaching.Rules{Prefix: prefix + "shop_"}, nil),
	}
	if a.cfg.Layout == Guide { // where names have no prefix of their own
		t.views = own
	}
	return t
}

// Pace of the visits, and what is done by the clock.
const (
	visitEvery  = 60 * time.Millisecond  // at the fastest
	visitRange  = 200 * time.Millisecond // and at random up to this much later
	atOnce      = 4                      // visits under way
	early       = 500                    // visits before anybody looks
	repriceWait = 40 * time.Second
	restockWait = 62 * time.Second // a little longer than it is kept
)

// run visits until ctx ends, and returns when nothing of it is under way.
func (t *traffic) run(ctx context.Context) {
	var visits sync.WaitGroup
	defer func() {
		visits.Wait()
		t.cache.wait()
		t.shop.wait()
	}()
	slots := make(chan struct{}, atOnce)
	visit := func(do func(context.Context)) {
		select {
		case slots <- struct{}{}:
			visits.Go(func() {
				defer func() { <-slots }()
				do(ctx)
			})
		default: // Redis is slow; this visitor goes away
		}
	}
	timer, reprice, restock := time.NewTimer(0), time.NewTicker(repriceWait), time.NewTicker(restockWait)
	defer timer.Stop()
	defer reprice.Stop()
	defer restock.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
			timer.Reset(visitEvery + time.Duration(t.rng.Int64N(int64(visitRange))))
			visit(t.next())
		case <-reprice.C:
			visit(t.reprice)
		case <-restock.C:
			visit(t.restock)
		}
	}
}

// begin leaves a cache that looks as if it had been in use for a while.
func (t *traffic) begin(ctx context.Context) {
	for n := 0; n < early && ctx.Err() == nil; n++ {
		t.next()(ctx)
	}
	for _, key := range slices.Concat(t.cache.written.list(), t.shop.written.list()) {
		if left := t.app.rdb.PTTL(ctx, key).Val(); left > time.Second {
			t.app.rdb.PExpire(ctx, key, time.Second+time.Duration(t.rng.Int64N(int64(left))))
		}
	}
	t.restock(ctx)
}

// What people look for: any two of these together.
var (
	colours = []string{"red", "blue", "green", "black", "white", "olive", "pink", "grey"}
	goods   = []string{"shoes", "coat", "lamp", "tent", "kettle", "scarf", "desk", "bike", "mug", "rug"}
	cities  = []string{"paris", "berlin", "lagos", "quito", "osaka"}
)

const (
	products = 40
	inStock  = 24 // of the products
	priced   = 8
	visitors = 12
)

// next chooses a visit. Random numbers are drawn here, by one goroutine.
func (t *traffic) next() func(context.Context) {
	popular := t.rng.Float64()
	n := int(products*popular*popular) + 1 // few products get most of the visits
	city := cities[t.rng.IntN(len(cities))]
	temperature := float64(t.rng.IntN(400))/10 - 5
	visitor := fmt.Sprintf("%08x", uint32(t.rng.IntN(visitors))*0x9e3779b1)
	query := colours[t.rng.IntN(len(colours))] + " " + goods[t.rng.IntN(len(goods))]
	switch t.rng.IntN(20) {
	case 0, 1, 2, 3, 4:
		return func(ctx context.Context) { t.product(ctx, n) }
	case 5, 6, 7:
		return func(ctx context.Context) { t.weather(ctx, city, temperature) }
	case 8, 9:
		return func(ctx context.Context) { t.search(ctx, query, n) }
	case 10, 11, 12:
		return func(ctx context.Context) { t.price(ctx, n%priced+1) }
	case 13, 14:
		return func(ctx context.Context) { t.stock(ctx, n%inStock+1) }
	case 15, 16, 17:
		return func(ctx context.Context) { t.session(ctx, visitor, n) }
	case 18:
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
		return value.NewMap(value.Dict{
			{Key: value.NewText("id"), Value: value.NewInt(int64(n))},
			{Key: value.NewText("name"), Value: text("Product %d", n)},
			{Key: value.NewText("price"), Value: value.NewFloat(float64(n*137%9000)/100 + 0.99)},
			{Key: value.NewText("tags"), Value: value.NewSeq(value.List{value.NewText("new"), value.NewText("sale")})},
		}), nil
	})
}

// weather asks for a memoized call with a keyword.
func (t *traffic) weather(ctx context.Context, city string, degrees float64) {
	f := flaskcaching.Function{Name: "__main__.weather", Params: []flaskcaching.Param{{Name: "city"}}}
	call := flaskcaching.Call{Args: []value.Value{value.NewText(city)}}
	_, _ = t.cache.Memoize(ctx, f, call, 20*time.Second, func(context.Context) (value.Value, error) {
		return value.NewSeq(value.List{value.NewText(city), value.NewFloat(degrees)}).WithTag("tuple"), nil
	})
}

// search asks for a memoized call that hardly anybody has asked for before.
func (t *traffic) search(ctx context.Context, query string, n int) {
	f := flaskcaching.Function{Name: "__main__.search", Params: []flaskcaching.Param{{Name: "query"}}}
	call := flaskcaching.Call{Args: []value.Value{value.NewText(query)}}
	_, _ = t.cache.Memoize(ctx, f, call, 15*time.Second, func(context.Context) (value.Value, error) {
		var found value.List
		for i := range n%5 + 3 {
			found = append(found, text("%s, no. %d", query, i+1))
		}
		return value.NewSeq(found), nil
	})
}

func priceFunction() flaskcaching.Function {
	return flaskcaching.Function{Name: "shop.price", Params: []flaskcaching.Param{{Name: "product"}}}
}

// price asks for a memoized call under the library's own key.
func (t *traffic) price(ctx context.Context, n int) {
	call := flaskcaching.Call{Args: []value.Value{value.NewInt(int64(n))}}
	_, _ = t.shop.Memoize(ctx, priceFunction(), call, 90*time.Second, func(context.Context) (value.Value, error) {
		return value.NewFloat(float64(n*137%9000)/100 + 0.99), nil
	})
}

// reprice is delete_memoized(price): the results stay where they are, and no
// call finds them any more.
func (t *traffic) reprice(ctx context.Context) { _ = t.shop.DeleteMemoized(ctx, priceFunction(), nil) }

func stockFunction() flaskcaching.Function {
	return flaskcaching.Function{Name: "__main__.stock", Params: []flaskcaching.Param{{Name: "product"}}}
}

// stock asks for a memoized call.
func (t *traffic) stock(ctx context.Context, n int) {
	call := flaskcaching.Call{Args: []value.Value{value.NewInt(int64(n))}}
	_, _ = t.cache.Memoize(ctx, stockFunction(), call, time.Minute, func(context.Context) (value.Value, error) {
		return value.NewInt(int64(n * 7 % 30)), nil
	})
}

// restock works out anew what is in stock, all at once, as a nightly job does.
func (t *traffic) restock(ctx context.Context) {
	_ = t.cache.DeleteMemoized(ctx, stockFunction(), nil)
	for n := range inStock {
		t.stock(ctx, n+1)
	}
}

// session reads a visitor's session and keeps it alive.
func (t *traffic) session(ctx context.Context, visitor string, n int) {
	body := fmt.Sprintf(`{"_permanent":true,"user_id":%d,"csrf_token":"%s"}`, n, visitor)
	key := t.prefix + "session:" + visitor
	t.cache.written.add(key)
	_ = t.app.rdb.Get(ctx, key).Err()
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
