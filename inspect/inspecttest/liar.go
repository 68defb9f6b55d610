package inspecttest

import (
	"bytes"
	"net"
	"sync"
	"testing"
)

// NewLiar starts a proxy in front of the TCP address target that answers some
// requests itself. answer gets each packet of a client; what it returns is the
// reply, and nil lets the packet through. It returns the proxy's address.
func NewLiar(tb testing.TB, target string, answer func(request []byte) []byte) string {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	var mu sync.Mutex
	var conns []net.Conn
	var done sync.WaitGroup
	done.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", target)
			if err != nil {
				_ = client.Close()
				continue
			}
			mu.Lock()
			conns = append(conns, client, server)
			mu.Unlock()
			done.Go(func() { forward(client, server, nil) })
			done.Go(func() { forward(server, client, answer) })
		}
	})
	tb.Cleanup(func() {
		_ = l.Close()
		mu.Lock()
		for _, c := range conns {
			_ = c.Close()
		}
		mu.Unlock()
		done.Wait()
	})
	return l.Addr().String()
}

// forward copies packets, and sends answers back.
func forward(to, from net.Conn, answer func([]byte) []byte) {
	defer to.Close()
	defer from.Close()
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		out := to
		packet := buf[:n]
		if answer != nil {
			if reply := answer(packet); reply != nil {
				out, packet = from, reply
			}
		}
		if _, err := out.Write(packet); err != nil {
			return
		}
	}
}

// Requests reports whether a packet has a command of this name, as go-redis
// writes it.
func Requests(packet []byte, command string) bool {
	return bytes.Contains(bytes.ToLower(packet), []byte("\r\n"+command+"\r\n"))
}
