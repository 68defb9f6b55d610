package demoapp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"cacheview/demoapp/store"
)

// Server is an app that listens, with what belongs to it.
type Server struct {
	// URL is where the app answers: http://127.0.0.1:5000
	URL string
	// RedisURL is the store it uses; of a real server as it was given.
	RedisURL string
	// Note tells people what is not as they asked, as
	// "port 5000 is taken, using 5001"; empty when all is.
	Note string

	app     *App
	server  *http.Server
	store   *store.Store // nil with a real server
	stop    context.CancelFunc
	workers sync.WaitGroup
	closed  sync.Once
	seeded  []string
	traffic *traffic
}

// Serve starts the app, its store when it is given none, the gallery of other
// keys and some background traffic. It runs until Close is called or ctx ends,
// and Close must be called in either case.
func Serve(ctx context.Context, cfg Config) (*Server, error) {
	r := &Server{RedisURL: cfg.RedisURL}
	if cfg.ownStore = cfg.RedisURL == "" && cfg.Redis == nil; cfg.ownStore {
		own, err := store.Open()
		if err != nil {
			return nil, err
		}
		r.store, r.RedisURL, cfg.RedisURL = own, own.URL(), own.URL()
	}
	if !cfg.ownStore {
		cfg.before = realPrefix
	}
	app, err := New(cfg)
	if err != nil {
		r.closeStore()
		return nil, err
	}
	r.app = app
	listener, note, err := listen(ctx, app.cfg.Addr)
	if err != nil {
		_ = app.Close()
		r.closeStore()
		return nil, err
	}
	r.URL, r.Note = "http://"+listener.Addr().String(), note
	ctx, r.stop = context.WithCancel(ctx)
	r.server = &http.Server{Handler: onlyLocal(app.Handler()), ReadHeaderTimeout: 5 * time.Second}
	r.workers.Go(func() { _ = r.server.Serve(listener) }) // ends with ErrServerClosed
	if !cfg.Quiet {
		r.bustle(ctx)
	}
	context.AfterFunc(ctx, func() { _ = r.server.Close() })
	return r, nil
}

// bustle fills the store with a gallery and keeps keys coming and going.
func (r *Server) bustle(ctx context.Context) {
	prefix := realPrefix
	if r.app.cfg.ownStore {
		prefix = ""
	}
	seeded, err := Seed(ctx, r.app.rdb, prefix)
	r.seeded = seeded
	if err != nil {
		r.note(fmt.Sprintf("Redis does not answer (%v): the app works, uncached", err))
	}
	r.traffic = newTraffic(r.app, prefix)
	if err == nil {
		r.traffic.begin(ctx)
	}
	r.workers.Go(func() { r.traffic.run(ctx) })
	r.workers.Go(func() { r.app.regulars(ctx) })
}

func (r *Server) note(s string) {
	if r.Note != "" {
		s = r.Note + "; " + s
	}
	r.Note = s
}

// Close stops the app, what runs beside it and the store that Serve brought.
// With Config.Remove it first deletes from a real server what was written.
func (r *Server) Close() error {
	var err error
	r.closed.Do(func() {
		r.app.stopWork()
		err = r.shutdown()
		r.stop()
		r.workers.Wait() // first: they may still ask the cache for something
		r.app.cache.wait()
		if r.app.cfg.Remove && r.store == nil {
			err = errors.Join(err, r.remove())
		}
		err = errors.Join(err, r.app.rdb.Close())
		r.closeStore()
	})
	return err
}

// patience is how long Close lets answers under way be written.
const patience = 500 * time.Millisecond

// shutdown lets answers be written, and closes what takes longer.
func (r *Server) shutdown() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := r.server.Shutdown(ctx); err != nil {
		return r.server.Close()
	}
	return nil
}

// remove deletes exactly the keys that the app, the gallery and the traffic
// wrote.
func (r *Server) remove() error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	keys := slices.Concat(r.seeded, r.app.cache.written.list())
	if r.traffic != nil {
		keys = append(keys, r.traffic.cache.written.list()...)
		keys = append(keys, r.traffic.shop.written.list()...)
	}
	for batch := range slices.Chunk(keys, 200) {
		if err := r.app.rdb.Unlink(ctx, batch...).Err(); err != nil {
			return &redisError{"remove", err}
		}
	}
	return nil
}

func (r *Server) closeStore() {
	if r.store != nil {
		r.store.Close()
	}
}

// portsToTry is how many ports from the one that was asked for are tried.
const portsToTry = 20

// listen takes addr or, when its port is taken, one of the next, and says so.
// Port 0 is any free one.
func listen(ctx context.Context, addr string) (net.Listener, string, error) {
	host, portText, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, "", fmt.Errorf("address of the demo app: %w", err)
	}
	port, err := strconv.Atoi(portText)
	if err != nil {
		return nil, "", fmt.Errorf("address of the demo app: %q is no port", portText)
	}
	var lc net.ListenConfig
	var first error
	for next := port; next < port+portsToTry && next < 1<<16; next++ {
		l, err := lc.Listen(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(next)))
		switch {
		case err == nil && next == port:
			return l, "", nil
		case err == nil:
			return l, fmt.Sprintf("port %d is taken, using %d", port, next), nil
		case first == nil:
			first = err
		}
	}
	return nil, "", fmt.Errorf("start the demo app: %w", first)
}
