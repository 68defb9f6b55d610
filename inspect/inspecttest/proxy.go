package inspecttest

import (
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Proxy stands before a server and can delay what goes through, cut every
// connection, and refuse new ones. It also counts the bytes of both ways.
type Proxy struct {
	Addr string

	listener net.Listener
	target   string
	delay    atomic.Int64 // nanoseconds that each packet from the server waits
	closed   atomic.Bool  // refuse new connections
	silent   atomic.Bool  // let no reply through
	end      chan struct{}
	sent     atomic.Int64
	received atomic.Int64

	mu    sync.Mutex
	fault fault
	conns map[net.Conn]struct{}
	done  sync.WaitGroup
}

// NewProxy starts a proxy before the TCP address target.
func NewProxy(tb testing.TB, target string) *Proxy {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	p := &Proxy{Addr: l.Addr().String(), listener: l, target: target, conns: map[net.Conn]struct{}{}, end: make(chan struct{})}
	p.done.Go(p.accept)
	tb.Cleanup(func() {
		close(p.end)
		_ = l.Close()
		p.Cut()
		p.done.Wait()
	})
	return p
}

// Delay makes each packet from the server wait.
func (p *Proxy) Delay(d time.Duration) { p.delay.Store(int64(d)) }

// Silence keeps every reply back from now on, for good: what is sent arrives, and
// nobody is told.
func (p *Proxy) Silence() { p.silent.Store(true) }

// Cut breaks every connection; new ones are still let in.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		_ = c.Close()
	}
	clear(p.conns)
}

// Refuse breaks new connections at once, until called with false.
func (p *Proxy) Refuse(yes bool) { p.closed.Store(yes) }

// Sent is the bytes that went to the server.
func (p *Proxy) Sent() int64 { return p.sent.Load() }

// Received is the bytes that came from the server.
func (p *Proxy) Received() int64 { return p.received.Load() }

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		if p.closed.Load() {
			_ = client.Close()
			continue
		}
		server, err := net.Dial("tcp", p.target)
		if err != nil {
			_ = client.Close()
			continue
		}
		p.mu.Lock()
		p.conns[client], p.conns[server] = struct{}{}, struct{}{}
		p.mu.Unlock()
		p.done.Go(func() { p.pass(server, client, &p.sent, nil) })
		p.done.Go(func() { p.pass(client, server, &p.received, &p.delay) })
	}
}

func (p *Proxy) pass(to, from net.Conn, count, delay *atomic.Int64) {
	defer to.Close()
	defer from.Close()
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			if delay != nil {
				time.Sleep(time.Duration(delay.Load()))
			}
			if keep, cut := p.strikes(delay != nil, n); cut {
				_, _ = to.Write(buf[:keep])
				p.Cut()
				return
			}
			count.Add(int64(n))
			if delay != nil && p.silent.Load() {
				<-p.end
				return
			}
			if _, werr := to.Write(buf[:n]); werr != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
