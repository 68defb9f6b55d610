package pagebench

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

const (
	defaultTimeout = time.Minute
	bodyMax        = 64 << 20 // bytes of a page that are read
	redirects      = 5
)

// browser asks for one page, again and again, on one connection, so that no
// time is of connecting but that of the first.
type browser struct {
	opt    Options
	client *http.Client
	next   time.Time // not to ask before
}

func newBrowser(opt Options) *browser {
	dial := &net.Dialer{Timeout: 10 * time.Second}
	if !opt.Remote {
		// A name of this machine may still resolve to another.
		dial.Control = func(_, address string, _ syscall.RawConn) error {
			host, _, err := net.SplitHostPort(address)
			if err != nil || !local(host) {
				return fmt.Errorf("%s is %w", address, ErrRemote)
			}
			return nil
		}
	}
	timeout := opt.Timeout
	if timeout <= 0 {
		timeout = defaultTimeout
	}
	return &browser{opt: opt, client: &http.Client{
		Timeout:   timeout,
		Transport: &http.Transport{DialContext: dial.DialContext, MaxIdleConnsPerHost: 1}, // and no proxy
		CheckRedirect: func(req *http.Request, via []*http.Request) error {
			if len(via) >= redirects {
				return fmt.Errorf("more than %d redirects", redirects)
			}
			if !opt.Remote && !local(req.URL.Hostname()) {
				return fmt.Errorf("redirected to %s, which is %w", req.URL.Hostname(), ErrRemote)
			}
			return nil
		},
	}}
}

// local tells whether a host is this machine, by its address or as localhost.
func local(host string) bool {
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

// get asks for the page, when it is time to, and returns how long it took until
// the last byte.
func (b *browser) get(ctx context.Context) (time.Duration, error) {
	wait := time.NewTimer(time.Until(b.next))
	defer wait.Stop()
	select {
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	case <-wait.C:
	}
	b.next = time.Now().Add(time.Duration(float64(time.Second) / b.opt.Rate))
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.opt.URL, nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("User-Agent", "cacheview bench")
	begun := time.Now()
	resp, err := b.client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(resp.Body, bodyMax)); err != nil {
		return 0, fmt.Errorf("read the page: %w", err)
	}
	if resp.StatusCode >= http.StatusBadRequest {
		return 0, &StatusError{URL: b.opt.URL, Status: resp.Status}
	}
	return time.Since(begun), nil
}

func (b *browser) close() { b.client.CloseIdleConnections() }
