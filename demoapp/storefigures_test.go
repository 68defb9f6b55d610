package demoapp_test

import (
	"bufio"
	"net"
	"strings"
	"testing"
	"time"

	"cacheview/demoapp"
)

// The demo's own store tells how the cache does, as a real server would.
func TestTheStoreTellsHitsAndCommands(t *testing.T) {
	t.Parallel()
	run, err := demoapp.Serve(t.Context(), demoapp.Config{Addr: "127.0.0.1:0", Quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	addr := strings.TrimSuffix(strings.TrimPrefix(run.RedisURL, "redis://"), "/0")
	dial := func() (send func(string), line func() string) {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
		r := bufio.NewReader(conn)
		return func(s string) { _, _ = conn.Write([]byte(s + "\r\n")) }, func() string {
			s, err := r.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			return strings.TrimRight(s, "\r\n")
		}
	}
	watch, seen := dial()
	watch("*1\r\n$7\r\nMONITOR")
	if got := seen(); got != "+OK" {
		t.Fatal(got)
	}
	send, line := dial()
	send("*3\r\n$3\r\nSET\r\n$1\r\na\r\n$3\r\n\"\x00\xff")
	if got := line(); got != "+OK" {
		t.Fatal(got)
	}
	if got := seen(); !strings.HasSuffix(got, `[0 client-1] "SET" "a" "\"\x00\xff"`) {
		t.Error(got)
	}
	for _, key := range []string{"a", "b", "b"} {
		send("*2\r\n$3\r\nGET\r\n$1\r\n" + key)
		if line() != "$-1" {
			line()
		}
	}
	send("*1\r\n$4\r\nINFO")
	var info []string
	for len(info) == 0 || !strings.HasPrefix(info[len(info)-1], "db0:") {
		info = append(info, line())
	}
	all := strings.Join(info, "\n")
	for _, want := range []string{"keyspace_hits:1\n", "keyspace_misses:2\n", "db0:keys=1,expires=0"} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q in\n%s", want, all)
		}
	}
}
