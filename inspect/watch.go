package inspect

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/push"
)

const (
	// watchPause is the least time between two answers of Watch.Next.
	watchPause = 50 * time.Millisecond
	// What a Watch keeps at most between two calls of Next.
	watchNames = 10_000
	watchBytes = 1 << 20
)

// ChangeSet is what happened since the last call of Watch.Next.
type ChangeSet struct {
	// Names are of keys that were written, deleted, evicted or that expired,
	// each once. The server does not say which, nor in which database: ask
	// Meta. A key of another database with the same name is no change here.
	Names   [][]byte
	Flushed bool // the database was emptied
	Missed  bool // there were too many to keep, or another database was emptied: scan again
}

// Watch tells which keys change, by CLIENT TRACKING in broadcast mode on a
// connection of its own to each master (Redis 6). It remembers a bounded number
// of names however fast they come and however seldom Next is called.
type Watch struct {
	c       *Client
	clients []*redis.Client
	readers sync.WaitGroup
	stop    context.CancelFunc

	mu     sync.Mutex
	names  map[string]struct{}
	bytes  int
	flush  bool
	missed bool
	err    error         // why the watch ended
	wake   chan struct{} // has room for one: there is something
	last   time.Time     // when Next returned
}

// Watch begins to follow the changes of the database; ctx is only for the
// beginning. The error is ErrNoTracking where the server cannot do it.
func (c *Client) Watch(ctx context.Context) (*Watch, error) {
	nodes, err := c.masters(ctx)
	if err != nil {
		return nil, err
	}
	reading, stop := context.WithCancel(context.WithoutCancel(ctx))
	w := &Watch{c: c, stop: stop, names: map[string]struct{}{}, wake: make(chan struct{}, 1)}
	for _, n := range nodes {
		if err := w.follow(ctx, reading, n); err != nil {
			_ = w.Close()
			if isReply(err) && fatal(err) == nil {
				c.miss("CLIENT TRACKING", "changes are not shown as they happen")
				return nil, fmt.Errorf("%w: %w", ErrNoTracking, err)
			}
			return nil, c.lostErr(fmt.Errorf("watch: %w", err))
		}
	}
	return w, nil
}

// follow opens a tracked connection to a node and reads it until it ends.
//
// go-redis hands the pushes of a connection to a handler while somebody waits
// for a reply on it. A PubSub without channels does nothing but wait.
func (w *Watch) follow(ctx, reading context.Context, node *redis.Client) error {
	opt := *node.Options()
	opt.PoolSize = 1
	opt.PushNotificationProcessor = redis.NewPushNotificationProcessor()
	opt.OnConnect = func(ctx context.Context, cn *redis.Conn) error {
		if err := w.c.onConnect(ctx, cn); err != nil {
			return err
		}
		return cn.Do(ctx, "client", "tracking", "on", "bcast").Err()
	}
	// While it connects go-redis waits for replies whether or not ctx has ended.
	connected := func() bool { return true }
	dial := opt.Dialer
	opt.Dialer = func(dialing context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(dialing, network, addr)
		if err == nil {
			connected = context.AfterFunc(ctx, func() { _ = conn.Close() })
		}
		return conn, err
	}
	client := redis.NewClient(&opt)
	client.AddHook(guard{readOnly: true, db: opt.DB})
	w.clients = append(w.clients, client)
	if err := client.RegisterPushNotificationHandler("invalidate", invalidated{w}, true); err != nil {
		return err
	}
	sub := client.Subscribe(ctx)
	err := sub.Ping(ctx) // connects; the answer is read below
	connected()
	if err != nil {
		_ = sub.Close()
		return err
	}
	context.AfterFunc(reading, func() { _ = sub.Close() })
	w.readers.Go(func() {
		for {
			// It returns for the PONG, and when the connection broke. What
			// changes before go-redis has another is not known, so that
			// the watch ends here.
			if _, err := sub.Receive(reading); err != nil && !isReply(err) {
				w.end(err)
				return
			}
		}
	})
	return nil
}

// Next waits until keys have changed, and for at least 50 ms after its last
// return. A watch that has ended returns the same error again and again; after
// a lost connection (see Lost) open another and scan again.
func (w *Watch) Next(ctx context.Context) (ChangeSet, error) {
	if err := w.waitFor(ctx, w.wake, 0); err != nil {
		return ChangeSet{}, err
	}
	if err := w.waitFor(ctx, nil, time.Until(w.last.Add(watchPause))); err != nil {
		return ChangeSet{}, err
	}
	w.last = time.Now()
	changes, err := w.take()
	if changes.Flushed {
		// FLUSHDB of any database says so to everybody.
		if size, err := w.c.Size(ctx); err != nil || size > 0 {
			changes.Flushed, changes.Missed = false, true
		}
	}
	return changes, err
}

// waitFor waits for a signal, or for a time when there is none to wait for.
func (w *Watch) waitFor(ctx context.Context, signal <-chan struct{}, d time.Duration) error {
	var after <-chan time.Time
	if signal == nil {
		timer := time.NewTimer(d)
		defer timer.Stop()
		after = timer.C
	}
	select {
	case <-signal:
	case <-after:
	case <-ctx.Done():
		if signal == nil {
			w.signal() // what woke us is not lost
		}
		return context.Cause(ctx)
	}
	return nil
}

func (w *Watch) take() (ChangeSet, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	ch := ChangeSet{Flushed: w.flush, Missed: w.missed}
	for n := range w.names {
		ch.Names = append(ch.Names, []byte(n))
	}
	clear(w.names)
	w.bytes, w.flush, w.missed = 0, false, false
	if w.err != nil {
		w.signal() // for the next call
		return ch, w.err
	}
	return ch, nil
}

// Close ends the watch and its connections. Next returns an error from then on.
func (w *Watch) Close() error {
	w.stop()
	var first error
	for _, c := range w.clients {
		if err := c.Close(); err != nil && first == nil {
			first = err
		}
	}
	w.readers.Wait()
	return first
}

func (w *Watch) end(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil {
		w.err = w.c.lostErr(fmt.Errorf("watch: %w", err))
	}
	w.signal()
}

func (w *Watch) signal() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// invalidated takes the pushes that CLIENT TRACKING sends.
type invalidated struct{ w *Watch }

// HandlePushNotification takes ["invalidate", names], where names is nil after
// a FLUSHDB or FLUSHALL.
func (h invalidated) HandlePushNotification(_ context.Context, _ push.NotificationHandlerContext, note []any) error {
	if len(note) < 2 {
		return nil
	}
	h.w.mu.Lock()
	defer h.w.mu.Unlock()
	switch names := note[1].(type) {
	case nil:
		h.w.flush = true
		h.w.forget()
	case []any:
		for _, n := range names {
			if name, ok := n.(string); ok {
				h.w.note(name)
			}
		}
	}
	h.w.signal()
	return nil
}

// note remembers a name, or that there were too many.
func (w *Watch) note(name string) {
	if w.missed {
		return
	}
	if _, ok := w.names[name]; ok {
		return
	}
	if len(w.names) == watchNames || w.bytes+len(name) > watchBytes {
		w.missed = true
		w.forget()
		return
	}
	w.names[name] = struct{}{}
	w.bytes += len(name)
}

func (w *Watch) forget() {
	clear(w.names)
	w.bytes = 0
}
