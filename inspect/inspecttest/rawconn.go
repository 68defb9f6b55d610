package inspecttest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
)

// Wire is a bare connection to a server, for what a test must set up or check
// without the code under test. Its methods fail the test on a broken
// connection.
type Wire struct {
	tb testing.TB
	r  *bufio.Reader
	w  *bufio.Writer
}

// Dial opens a bare connection to a database over the server's unix socket.
func (s *Server) Dial(db int) *Wire {
	s.tb.Helper()
	return Dial(s.tb, "unix", s.Sock, db)
}

// Dial opens a bare connection to a database of any server.
func Dial(tb testing.TB, network, addr string, db int) *Wire {
	tb.Helper()
	conn, err := net.Dial(network, addr)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = conn.Close() })
	w := &Wire{tb: tb, r: bufio.NewReaderSize(conn, 64<<10), w: bufio.NewWriterSize(conn, 64<<10)}
	if db != 0 {
		w.Do("SELECT", strconv.Itoa(db))
	}
	return w
}

// Do sends one command and returns its reply: string, int64, nil, []any, or
// error for an error reply. After HELLO 3 a push is a []any, too, and a map one
// with keys and values in turn.
func (w *Wire) Do(args ...string) any {
	w.tb.Helper()
	w.Send(args...)
	return w.Receive()
}

// Send queues a command; Receive sends what is queued.
func (w *Wire) Send(args ...string) {
	fmt.Fprintf(w.w, "*%d\r\n", len(args))
	for _, a := range args {
		w.w.WriteByte('$')
		w.w.WriteString(strconv.Itoa(len(a)))
		w.w.WriteString("\r\n")
		w.w.WriteString(a)
		w.w.WriteString("\r\n")
	}
}

// Receive returns the reply to the oldest command that has none yet.
func (w *Wire) Receive() any {
	w.tb.Helper()
	if err := w.w.Flush(); err != nil {
		w.tb.Fatal(err)
	}
	v, err := w.read()
	if err != nil {
		w.tb.Fatal(err)
	}
	return v
}

// Int is Do for a command that answers with a number.
func (w *Wire) Int(args ...string) int64 {
	w.tb.Helper()
	n, ok := w.Do(args...).(int64)
	if !ok {
		w.tb.Fatalf("%q: not a number", args)
	}
	return n
}

// Text is Do for a command that answers with a string; "" when there is none.
func (w *Wire) Text(args ...string) string {
	w.tb.Helper()
	switch v := w.Do(args...).(type) {
	case string:
		return v
	case error:
		w.tb.Fatalf("%q: %v", args, v)
	}
	return ""
}

func (w *Wire) read() (any, error) {
	line, err := w.r.ReadString('\n')
	if err != nil {
		return nil, err
	}
	line = strings.TrimSuffix(line, "\r\n")
	kind, rest := line[0], line[1:]
	switch kind {
	case '+':
		return rest, nil
	case '-':
		return fmt.Errorf("%s", rest), nil
	case '_':
		return nil, nil
	}
	n, err := strconv.ParseInt(rest, 10, 64)
	if err != nil {
		return nil, err
	}
	switch {
	case kind == ':':
		return n, nil
	case n < 0:
		return nil, nil
	case kind == '$':
		b := make([]byte, n+2)
		_, err := io.ReadFull(w.r, b)
		return string(b[:n]), err
	case kind == '*', kind == '>', kind == '%':
		if kind == '%' {
			n *= 2
		}
		list := make([]any, n)
		for i := range list {
			if list[i], err = w.read(); err != nil {
				return nil, err
			}
		}
		return list, nil
	}
	return nil, fmt.Errorf("reply %q", line)
}

// Fill writes n strings, the i-th named by name and holding value, as fast as
// the server takes them.
func (s *Server) Fill(db, n int, name func(i int) string, value string) {
	s.tb.Helper()
	const batch = 500 // keys of an MSET
	w := s.Dial(db)
	for from := 0; from < n; from += 10 * batch {
		sent := 0
		for at := from; at < min(n, from+10*batch); at += batch {
			args := []string{"MSET"}
			for i := at; i < min(n, at+batch); i++ {
				args = append(args, name(i), value)
			}
			w.Send(args...)
			sent++
		}
		for range sent {
			if err, ok := w.Receive().(error); ok {
				s.tb.Fatal(err)
			}
		}
	}
}

// Keys returns every key of a database and its DUMP, which is how a test shows
// that nothing else was touched.
func (s *Server) Keys(db int) map[string]string {
	s.tb.Helper()
	w := s.Dial(db)
	names, _ := w.Do("KEYS", "*").([]any)
	for _, n := range names {
		w.Send("DUMP", n.(string))
	}
	out := make(map[string]string, len(names))
	for _, n := range names {
		if dump, ok := w.Receive().(string); ok {
			out[n.(string)] = dump
		}
	}
	return out
}

// Calls returns how often a command was called since the server started or
// CONFIG RESETSTAT.
func (s *Server) Calls(command string) int {
	s.tb.Helper()
	stats := s.Dial(0).Text("INFO", "commandstats")
	_, rest, ok := strings.Cut(stats, "cmdstat_"+command+":calls=")
	if !ok {
		return 0
	}
	n, _, _ := strings.Cut(rest, ",")
	calls, err := strconv.Atoi(n)
	if err != nil {
		s.tb.Fatal(err)
	}
	return calls
}

// Flush sends what is queued, and waits for no reply.
func (w *Wire) Flush() {
	w.tb.Helper()
	if err := w.w.Flush(); err != nil {
		w.tb.Fatal(err)
	}
}
