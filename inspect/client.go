package inspect

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"

	"cacheview/inspect/journal"
	"cacheview/inspect/tunnel"
)

const defaultTimeout = 5 * time.Second

// Client is a session with one database of one server, or with a cluster. It
// may be used by many goroutines.
type Client struct {
	cfg         Config
	opt         *redis.Options
	one         *redis.Client        // nil for a cluster
	cluster     *redis.ClusterClient // nil otherwise
	via         *tunnel.Tunnel       // nil without an SSH host
	withTLS     bool
	greeted     bool // there has been a session
	hello       handshake
	looks       looks
	dialed      sync.Map                                // addresses of our own connections, which Monitor leaves out
	newFile     func(path string) (journal.File, error) // of a journal; nil for a private one
	ownJournals map[string]bool                         // with mu: journals of this session
	notices     []JournalNotice                         // with mu
	// transacting is whether WATCH, MULTI and EXEC are known to be allowed.
	transacting atomic.Bool
	noFieldTTLs atomic.Bool // the server has no expiries of hash fields
	noRange     atomic.Bool // it has no VRANGE
	// scriptsProbed is whether scripts are known to work, and pttl whether there
	// is no PEXPIRETIME (before Redis 7).
	scriptsProbed, pttl atomic.Bool
	seen                sightings
	mu                  sync.Mutex
	server              Server
}

// Format writes where the session is, whatever the verb: what a client holds
// knows the password, and %+v of a struct would print all of it.
func (c *Client) Format(f fmt.State, _ rune) {
	s := c.Server()
	_, _ = fmt.Fprintf(f, "inspect.Client{%s %s}", s.Addr, s.Name())
}

// Open connects to a server and finds out what it is and what this user may
// ask. An error is a *URLError, a *ConnError, or that of ctx.
func Open(ctx context.Context, cfg Config) (*Client, error) {
	_, opt, err := parseURL(cfg.URL)
	if err != nil {
		return nil, err
	}
	// go-redis would log to standard error, which is the screen.
	logging.Disable()

	c := &Client{cfg: cfg, opt: opt}
	c.configure()
	c.connect()
	// go-redis waits for a reply whether or not its context has ended.
	waiting := context.AfterFunc(ctx, func() { _ = c.Close() })
	defer waiting()
	if err := c.greet(ctx); err != nil {
		_ = c.Close()
		return nil, c.unopened(ctx, err)
	}
	if c.server.Mode == "cluster" && c.cluster == nil && cfg.Sentinel == nil {
		_ = c.one.Close() // and not the tunnel
		c.cfg.Cluster = true
		c.connect()
		if _, err := c.Size(ctx); err != nil && !unsupported(err) {
			_ = c.Close()
			return nil, err
		}
	}
	c.greeted = true
	c.probe(ctx)
	c.pttl.Store(c.inexactExpiry())
	if id, err := c.identity(ctx); err == nil {
		c.mu.Lock()
		c.server.Identity = id
		c.mu.Unlock()
	}
	if ctx.Err() != nil {
		_ = c.Close()
		return nil, context.Cause(ctx)
	}
	return c, nil
}

// unopened is the error of a session that did not come about.
func (c *Client) unopened(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	err = c.conceal(c.lostErr(err))
	e, ok := errors.AsType[*ConnError](err)
	if ok && e.Kind == ConnLost && !c.withTLS && c.opt.Network == "tcp" && speaksTLS(ctx, c.cfg.Timeout, c.via, c.opt.Addr) {
		e.Kind, e.Hint = ConnTLS, hints[ConnTLS]
	}
	return err
}

func (c *Client) configure() {
	o, cfg := c.opt, &c.cfg
	if cfg.Timeout <= 0 {
		cfg.Timeout = defaultTimeout
	}
	if cfg.ClientName == "" {
		cfg.ClientName = "cacheview"
	}
	if cfg.DB != nil {
		o.DB = *cfg.DB
	}
	if cfg.Username != "" {
		o.Username = cfg.Username
	}
	if cfg.Password != "" {
		o.Password = cfg.Password
	}
	config := o.TLSConfig
	if config != nil {
		config.ServerName = "" // go-redis has that of the URL, whichever node is dialed
	}
	if cfg.TLS != nil && o.Network != "unix" {
		config = cfg.TLS.Clone()
	}
	if config != nil && config.MinVersion == 0 {
		config.MinVersion = tls.VersionTLS12
	}
	c.withTLS = config != nil
	o.TLSConfig = nil
	if cfg.SSH != nil {
		c.via = tunnel.New(*cfg.SSH)
	}
	o.Dialer = (&dialer{timeout: cfg.Timeout, tls: config, via: c.via, dialed: &c.dialed}).dial

	o.Protocol = 3 // go-redis falls back to 2 by itself
	o.OnConnect = c.onConnect
	o.ClientName = "" // set by onConnect, where a refusal does no harm
	o.DisableIdentity = true
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout = cfg.Timeout, cfg.Timeout, cfg.Timeout
	o.ContextTimeoutEnabled = true
	// A write must not be sent twice, and a lost server is the caller's to
	// wait for.
	o.MaxRetries = -1
	o.DialerRetries = 1
	// A guest on somebody's server: few connections, none of them idle.
	o.PoolSize, o.MinIdleConns, o.PipelinePoolSize = 4, 0, -1
	o.ReadBufferSize = 64 << 10

	c.server.Addr, c.server.DB, c.server.Mode = c.cfg.place(o.Addr), o.DB, "standalone"
	c.server.TLSUnverified = config != nil && config.InsecureSkipVerify
}

// connect makes the go-redis clients; no byte is sent yet.
func (c *Client) connect() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.one, c.cluster = nil, nil
	g := guard{readOnly: c.cfg.ReadOnly, db: c.opt.DB, looks: &c.looks}
	switch {
	case c.cfg.Sentinel != nil:
		c.one = redis.NewFailoverClient(failoverOptions(c.opt, c.cfg.Sentinel))
		c.one.AddHook(&c.hello)
		c.one.AddHook(g)
	case c.cfg.Cluster:
		c.cluster = redis.NewClusterClient(clusterOptions(c.opt, &c.hello, g))
		g.looks = nil // the nodes count
		c.cluster.AddHook(g)
		c.server.Mode = "cluster"
	default:
		opt := *c.opt
		c.one = redis.NewClient(&opt)
		c.one.AddHook(&c.hello)
		c.one.AddHook(g)
	}
}

// onConnect makes a new connection known by name and its looks harmless: with
// NO-TOUCH on, reading a key changes neither its idle time nor its LRU and LFU
// standing (Redis 7.2). Either may be refused, which is noted and no error.
//
// A node of a cluster is not asked for NO-TOUCH: Redis 8.0 crashes when a
// connection that has it reads a key whose slot is on its way to another node.
func (c *Client) onConnect(ctx context.Context, cn *redis.Conn) error {
	const touches = "reading a key here refreshes its LRU/LFU age"
	err := c.oblige(ctx, cn, "setname", c.cfg.ClientName, "the session has no name in CLIENT LIST")
	switch {
	case err != nil:
		return err
	case c.cfg.Cluster:
		c.miss("CLIENT NO-TOUCH", touches)
		return nil
	}
	return c.oblige(ctx, cn, "no-touch", "on", touches)
}

// oblige sends a CLIENT command that may be refused, which has an effect.
func (c *Client) oblige(ctx context.Context, cn *redis.Conn, name, arg, effect string) error {
	err := cn.Do(ctx, "client", name, arg).Err()
	if isReply(err) {
		c.miss("CLIENT "+strings.ToUpper(name), effect)
		return nil
	}
	return err
}

// Close drops every connection, also one that waits for a reply.
func (c *Client) Close() error {
	if c.via != nil {
		defer c.via.Close()
	}
	c.mu.Lock()
	one, cluster := c.one, c.cluster
	c.mu.Unlock()
	if cluster != nil {
		return cluster.Close()
	}
	return one.Close()
}

// Server returns what is known of the server by now. Missing grows as commands
// turn out to be refused.
func (c *Client) Server() Server {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.server
	s.Missing = slices.Clone(s.Missing)
	return s
}

// ReadOnly reports whether the session refuses every write.
func (c *Client) ReadOnly() bool { return c.cfg.ReadOnly }

// Ping asks for an answer and returns how long it took. A refusal is an answer,
// too: a server that cannot write its snapshot refuses PING with MISCONF.
func (c *Client) Ping(ctx context.Context) (time.Duration, error) {
	start := time.Now()
	err := c.cmdable().Ping(ctx).Err()
	if isReply(err) && fatal(err) == nil {
		err = nil
	}
	return time.Since(start), c.lostErr(err)
}

// Size returns how many keys the database has, all masters of a cluster
// together.
func (c *Client) Size(ctx context.Context) (int64, error) {
	nodes, err := c.masters(ctx)
	if err != nil {
		return 0, err
	}
	var sum int64
	for _, n := range nodes {
		size, err := n.DBSize(ctx).Result()
		if err != nil {
			return 0, c.lostErr(fmt.Errorf("count keys: %w", err))
		}
		sum += size
	}
	return sum, nil
}

// cmdable is where commands with a key go: go-redis finds the node.
func (c *Client) cmdable() redis.UniversalClient {
	if c.cluster != nil {
		return c.cluster
	}
	return c.one
}

// masters returns the one server, or all masters of the cluster in a stable
// order.
func (c *Client) masters(ctx context.Context) ([]*redis.Client, error) {
	if c.cluster == nil {
		return []*redis.Client{c.one}, nil
	}
	var mu sync.Mutex
	var nodes []*redis.Client
	err := c.cluster.ForEachMaster(ctx, func(_ context.Context, n *redis.Client) error {
		mu.Lock()
		defer mu.Unlock()
		nodes = append(nodes, n)
		return nil
	})
	if err != nil {
		return nil, c.lostErr(fmt.Errorf("find the masters: %w", err))
	}
	if len(nodes) == 0 {
		return nil, &ConnError{Addr: c.server.Addr, Kind: ConnCluster, Err: errors.New("no node of the cluster has a slot"), Hint: hints[ConnCluster]}
	}
	slices.SortFunc(nodes, func(a, b *redis.Client) int {
		return strings.Compare(a.Options().Addr, b.Options().Addr)
	})
	return nodes, nil
}

// lostErr makes a ConnError of an error that means a lost server or no session,
// and leaves any other alone.
func (c *Client) lostErr(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	err = c.hello.reason(err)
	switch kindOf(err) {
	case ConnOther, ConnNotAllowed:
		return err
	}
	return c.diagnose(err)
}
