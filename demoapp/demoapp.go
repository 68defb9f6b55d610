// Package demoapp is a small web application that caches its answers in Redis
// as an application with Flask-Caching does. It is there to try cacheview on,
// to learn from, and for tests: a page that is kept for 30 seconds, a slow
// function that remembers its answers for a minute, and links that forget them.
//
// It brings its own Redis when it is given none. On a real server it reads,
// writes and clears only keys that start with "cacheview-demo:", and never sends
// KEYS or FLUSHDB.
package demoapp

import (
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"

	"cacheview/decode/flaskcaching"
	"cacheview/decode/value"
)

// Layout is how the app names its keys.
type Layout string

// The layouts.
const (
	// Guide has names that can be read: homepage and
	// flask_cache_memoize:square:4. It is the default.
	Guide Layout = "guide"
	// FlaskCaching has the names that the library really makes:
	// flask_cache_homepage and flask_cache_qZekQzSR0mDNMJzUbulGlA.
	FlaskCaching Layout = "flask-caching"
)

// Config is what an App and Serve need. The zero value brings an embedded
// store and the readable layout.
type Config struct {
	// RedisURL is a real server: redis://, rediss:// or unix://. Empty makes
	// Serve bring a store of its own; New needs one.
	RedisURL string
	// Redis is used instead of RedisURL when it is set; Running.RedisURL is
	// then empty.
	Redis *redis.Options
	// Layout names the keys; empty is Guide.
	Layout Layout
	// Prefix is CACHE_KEY_PREFIX. Empty is flask_cache_, for the layout
	// FlaskCaching on a real server cacheview-demo:flask_cache_.
	Prefix string
	// Work is how long the slow function pretends to work; 0 is two seconds,
	// negative is none.
	Work time.Duration
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Addr is where Serve listens; empty is 127.0.0.1:5000. When it is taken
	// the next free port is used.
	Addr string
	// Quiet leaves out the background traffic and the gallery of other keys.
	Quiet bool
	// Remove deletes on Close, from a real server, all that was written.
	Remove bool

	ownStore bool   // the store is the app's own: it need not be careful
	before   string // stands before every name of the layout Guide
}

// Timeouts and work of the routes.
const (
	homeTimeout   = 30 * time.Second
	squareTimeout = 60 * time.Second
	defaultWork   = 2 * time.Second
	homeName      = "homepage"
)

// square is the memoized function of the app, as a Flask app would have it.
func square() flaskcaching.Function {
	return flaskcaching.Function{Name: "__main__.square", Params: []flaskcaching.Param{{Name: "n"}}}
}

// App is the web application.
type App struct {
	cfg     Config
	rdb     *redis.Client
	cache   *Cache
	history history
	done    chan struct{}
	halting sync.Once
}

// New returns an app that uses the server in cfg. It does not connect: without
// Redis the app answers all the same, uncached.
func New(cfg Config) (*App, error) {
	cfg = cfg.withDefaults()
	if cfg.Redis == nil {
		opts, err := parseURL(cfg.RedisURL)
		if err != nil {
			return nil, err
		}
		cfg.Redis = opts
	}
	// go-redis would log to standard error, which may be the screen.
	logging.Disable()
	rdb := redis.NewClient(cfg.Redis)
	a := &App{cfg: cfg, rdb: rdb, done: make(chan struct{})}
	switch cfg.Layout {
	case Guide:
		keys := guideKeys{cfg.before, cfg.Prefix}
		prefix := keys.function(square())
		if cfg.ownStore {
			prefix = cfg.Prefix
		}
		a.cache = newGuideCache(rdb, keys, owned{[]string{keys.name(homeName)}, []string{prefix}})
	case FlaskCaching:
		a.cache = NewFlaskCache(rdb, flaskcaching.Rules{Prefix: cfg.Prefix}, nil)
	default:
		return nil, fmt.Errorf("layout %q: there are %q and %q", cfg.Layout, Guide, FlaskCaching)
	}
	return a, nil
}

func (cfg Config) withDefaults() Config {
	if cfg.Layout == "" {
		cfg.Layout = Guide
	}
	if cfg.Prefix == "" {
		cfg.Prefix = flaskcaching.DefaultPrefix
		if cfg.Layout == FlaskCaching && !cfg.ownStore {
			cfg.Prefix = realPrefix + cfg.Prefix
		}
	}
	if cfg.Work == 0 {
		cfg.Work = defaultWork
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Addr == "" {
		cfg.Addr = "127.0.0.1:5000"
	}
	return cfg
}

// realPrefix stands before every key on a server that is not the demo's own, so
// that no key of another application is taken for one of the demo's.
const realPrefix = "cacheview-demo:"

// parseURL reads a URL; an error never shows the password in it.
func parseURL(s string) (*redis.Options, error) {
	if s == "" {
		return nil, errors.New("the demo app needs the URL of a Redis")
	}
	opts, err := redis.ParseURL(s)
	if err != nil {
		if cause, ok := errors.AsType[*url.Error](err); ok {
			err = cause.Err
		}
		return nil, fmt.Errorf("redis url: %w", err)
	}
	opts.DialTimeout = time.Second
	opts.ReadTimeout = 2 * time.Second
	opts.WriteTimeout = 2 * time.Second
	opts.MaxRetries = 1
	opts.DialerRetries = 1
	opts.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return opts, nil
}

// Close ends the work under way and the connection to Redis. Nobody may be
// asking the Handler any more.
func (a *App) Close() error {
	a.stopWork()
	a.cache.wait()
	return a.rdb.Close()
}

// stopWork ends all pretended work. It may be called more than once.
func (a *App) stopWork() { a.halting.Do(func() { close(a.done) }) }

// text is the value of a view that returns a str.
func text(format string, args ...any) value.Value { return value.NewText(fmt.Sprintf(format, args...)) }
