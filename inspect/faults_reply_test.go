package inspect_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
	"cacheview/inspect/keyspace"
)

// hostileReplies announce more than any machine has.
var hostileReplies = []string{
	"$4611686018427387904\r\n",
	"*2147483647\r\n",
	">2147483647\r\n",
	"%2147483647\r\n",
	"~2147483647\r\n",
	"!4611686018427387904\r\n",
	strings.Repeat("*1\r\n", 2_000_000),
}

func TestOpen_HostileReplies(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	for _, command := range []string{"hello", "info", "scan", "select"} {
		for _, reply := range hostileReplies {
			addr := inspecttest.NewLiar(t, srv.Addr, func(request []byte) []byte {
				if inspecttest.Requests(request, command) {
					return []byte(reply)
				}
				return nil
			})
			c, err := inspect.Open(t.Context(), inspect.Config{URL: "redis://" + addr + "/1", StateDir: t.TempDir(), Timeout: 5 * time.Second})
			if err == nil {
				_ = c.Close()
				t.Errorf("%s answered with %.20q: no error", command, reply)
				continue
			}
			if !strings.Contains(err.Error(), "over the limit") {
				t.Errorf("%s answered with %.20q: error %v", command, reply, err)
			}
		}
	}
}

func TestRead_HostileReplies(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Dial(0).Do("set", "k", "value")
	for _, command := range []string{"type", "getrange", "strlen"} {
		for _, reply := range hostileReplies {
			addr := inspecttest.NewLiar(t, srv.Addr, func(request []byte) []byte {
				if inspecttest.Requests(request, command) {
					return []byte(reply)
				}
				return nil
			})
			c := open(t, inspect.Config{URL: "redis://" + addr, Timeout: 5 * time.Second})
			if w, err := c.Read(t.Context(), []byte("k"), inspect.ReadOptions{}); err == nil {
				t.Errorf("%s answered with %.20q: read %q", command, reply, w.Raw)
			}
		}
	}
}

func TestScan_CursorLoop(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Fill(0, 100, func(i int) string { return fmt.Sprint("a:", i) }, "v")
	var pages atomic.Int64
	addr := inspecttest.NewLiar(t, srv.Addr, func(request []byte) []byte {
		if !inspecttest.Requests(request, "scan") || inspecttest.Requests(request, "info") {
			return nil
		}
		pages.Add(1)
		return []byte("*2\r\n$2\r\n17\r\n*1\r\n$3\r\na:1\r\n")
	})
	c := open(t, inspect.Config{URL: "redis://" + addr})
	for _, opt := range []inspect.ScanOptions{{}, {Prefix: []byte("a:")}, {Match: "b*"}} {
		scan := c.NewScan(keyspace.New(0), opt)
		for {
			_, err := scan.Next(t.Context())
			if errors.Is(err, io.EOF) {
				t.Fatal("a scan that goes in a circle came to its end")
			}
			if err != nil {
				if !errors.Is(err, inspect.ErrCursorLoop) {
					t.Errorf("error %v", err)
				}
				break
			}
			if pages.Load() > 10_000 {
				t.Fatal("10,000 pages")
			}
		}
	}
}
