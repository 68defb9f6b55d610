package inspect_test

import (
	"errors"
	"net"
	"testing"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

// delayed returns the address of a proxy that holds every piece back for d in
// both directions.
func delayed(t *testing.T, addr string, d time.Duration) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	pump := func(to, from net.Conn) {
		defer to.Close()
		buf := make([]byte, 64<<10)
		for {
			n, err := from.Read(buf)
			time.Sleep(d)
			if _, werr := to.Write(buf[:n]); err != nil || werr != nil {
				return
			}
		}
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s, err := net.Dial("tcp", addr)
			if err != nil {
				c.Close()
				return
			}
			go pump(s, c)
			go pump(c, s)
		}
	}()
	return l.Addr().String()
}

// TestRead_ExpiresMeanwhile reads keys that expire between two round trips: a
// missing key answers 0 and nothing, which is not an empty value.
func TestRead_ExpiresMeanwhile(t *testing.T) {
	t.Parallel()
	s := inspecttest.Start(t)
	do := s.Dial(0).Do
	c, err := inspect.Open(t.Context(), inspect.Config{URL: "redis://" + delayed(t, s.Addr, 100*time.Millisecond)})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, write := range [][]string{
		{"set", "k", "not empty"},
		{"hset", "k", "f", "v"},
		{"rpush", "k", "a"},
		{"sadd", "k", "a"},
		{"zadd", "k", "1", "a"},
		{"xadd", "k", "1-1", "f", "v"},
	} {
		name := write[0]
		do(write...)
		do("pexpire", "k", "200")
		if w, err := c.Read(t.Context(), []byte("k"), inspect.ReadOptions{}); !errors.Is(err, inspect.ErrNoKey) {
			t.Errorf("%s: %d bytes, %d rows, %v", name, len(w.Raw), len(w.Rows), err)
		}
		do("del", "k")
	}
	do("set", "empty", "")
	if w, err := c.Read(t.Context(), []byte("empty"), inspect.ReadOptions{}); err != nil || w.Total != 0 {
		t.Errorf("an empty string: %v", err)
	}
}
