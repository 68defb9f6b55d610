package resp

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/iotest"
)

// read passes a stream through Bound in pieces as r gives them.
func read(r io.Reader, lim Limits) ([]byte, error) {
	return io.ReadAll(Bound(fakeConn{Reader: r}, lim))
}

type fakeConn struct {
	net.Conn
	io.Reader
}

func (f fakeConn) Read(p []byte) (int, error) { return f.Reader.Read(p) }
func (fakeConn) Close() error                 { return nil }

func TestBound_PassesReplies(t *testing.T) {
	t.Parallel()
	for name, stream := range map[string]string{
		"status and error":     "+OK\r\n-ERR no\r\n",
		"string":               "$5\r\nhello\r\n$0\r\n\r\n$-1\r\n",
		"string with CRLF":     "$6\r\n\r\n*9\r\n\r\n+OK\r\n",
		"array":                "*3\r\n$1\r\na\r\n:1\r\n*-1\r\n*0\r\n+OK\r\n",
		"map in array":         "*1\r\n%2\r\n+a\r\n:1\r\n+b\r\n~1\r\n#t\r\n_\r\n",
		"push, double, big":    ">2\r\n$3\r\nfoo\r\n*1\r\n$1\r\nk\r\n,1.5\r\n(12345678901234567890\r\n",
		"verbatim, bulk error": "=7\r\ntxt:abc\r\n!3\r\nERR\r\n",
		"attribute":            "*1\r\n|1\r\n+ttl\r\n:3\r\n:1\r\n+OK\r\n",
		"long status":          "+" + strings.Repeat("x", 5000) + "\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := read(iotest.OneByteReader(strings.NewReader(stream)), Limits{})
			if err != nil || string(got) != stream {
				t.Errorf("read %q, %v", got, err)
			}
			c := checker{lim: Limits{}.withDefaults()}
			if err := c.check([]byte(stream)); err != nil || len(c.open) != 0 || c.pending != 0 || c.skip != 0 {
				t.Errorf("left open %v, pending %d, skip %d, %v", c.open, c.pending, c.skip, err)
			}
		})
	}
}

func TestBound_RefusesAnnouncements(t *testing.T) {
	t.Parallel()
	for name, stream := range map[string]string{
		"string of exabytes":    "$4611686018427387904\r\n",
		"array of 2^31":         "*2147483647\r\n",
		"push of 2^31":          ">2147483647\r\n",
		"map of 2^31":           "%2147483647\r\n",
		"map of 2^63":           "%9223372036854775807\r\n",
		"set of 2^31":           "~2147483647\r\n",
		"attribute of 2^31":     "|2147483647\r\n",
		"error of gigabytes":    "!4611686018427387904\r\n",
		"arrays that add up":    strings.Repeat("*600000\r\n", 2),
		"arrays within arrays":  strings.Repeat("*1\r\n", 100),
		"maps within maps":      strings.Repeat("%1\r\n", 100),
		"attributes in a chain": strings.Repeat("|1\r\n", 5_000_000),
		"endless line":          "+" + strings.Repeat("x", 2<<20),
		"endless header":        "$" + strings.Repeat("1", 2<<20),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := read(strings.NewReader(stream), Limits{})
			if _, ok := errors.AsType[*LimitError](err); !ok {
				t.Errorf("error %v, want a LimitError", err)
			}
		})
	}
}

func TestBound_RefusesOtherProtocols(t *testing.T) {
	t.Parallel()
	for _, stream := range []string{"HTTP/1.1 400 Bad Request\r\n", "$x\r\n", "$-2\r\n", "*99999999999999999999\r\n", "\r\n"} {
		_, err := read(strings.NewReader(stream), Limits{})
		if _, ok := errors.AsType[*SyntaxError](err); !ok {
			t.Errorf("%q: error %v, want a SyntaxError", stream, err)
		}
	}
}

func TestBound_KeepsItsError(t *testing.T) {
	t.Parallel()
	conn := Bound(fakeConn{Reader: strings.NewReader("*2147483647\r\n+OK\r\n")}, Limits{})
	for range 2 {
		if _, err := conn.Read(make([]byte, 100)); err == nil {
			t.Fatal("no error")
		}
	}
}

// FuzzChecker holds that a stream is judged alike however it is cut.
func FuzzChecker(f *testing.F) {
	f.Add([]byte("*2\r\n$3\r\nfoo\r\n:1\r\n"), 3)
	f.Add([]byte("%1\r\n+a\r\n|1\r\n+b\r\n:1\r\n_\r\n"), 1)
	f.Add(bytes.Repeat([]byte("*1\r\n"), 70), 5)
	f.Fuzz(func(t *testing.T, stream []byte, cut int) {
		whole := checker{lim: Limits{}.withDefaults()}
		want := whole.check(stream)
		parts := checker{lim: Limits{}.withDefaults()}
		var got error
		for rest := stream; len(rest) > 0 && got == nil; {
			n := min(len(rest), max(1, cut))
			got, rest = parts.check(rest[:n]), rest[n:]
		}
		if (got == nil) != (want == nil) {
			t.Fatalf("whole: %v, in parts: %v", want, got)
		}
	})
}
