package inspect

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"
)

func TestReplyReader(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, reply string
		cursor      uint64
		texts       []string
		fails       bool
	}{
		{"a page", "*2\r\n$2\r\n17\r\n*2\r\n$1\r\na\r\n$0\r\n\r\n", 17, []string{"a", ""}, false},
		{"an empty page", "*2\r\n$1\r\n0\r\n*0\r\n", 0, nil, false},
		{"names with line ends", "*2\r\n$1\r\n0\r\n*1\r\n$6\r\n\r\n$1\r\n\r\n", 0, []string{"\r\n$1\r\n"}, false},
		{"the largest cursor", "*2\r\n$20\r\n18446744073709551615\r\n*0\r\n", 1<<64 - 1, nil, false},
		{"an error", "-LOADING wait\r\n", 0, nil, true},
		{"no cursor", "*2\r\n$1\r\nx\r\n*0\r\n", 0, nil, true},
		{"too short", "*2\r\n$1\r\n0\r\n*2\r\n$1\r\na\r\n", 0, nil, true},
		{"text too long", "*2\r\n$1\r\n0\r\n*1\r\n$99\r\na\r\n", 0, nil, true},
		{"count too large", "*2\r\n$1\r\n0\r\n*999999999999\r\n", 0, nil, true},
		{"nothing", "", 0, nil, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := replyReader{[]byte(tt.reply)}
			cursor, err := r.cursor()
			var texts [][]byte
			if err == nil {
				texts, err = r.texts(nil)
			}
			if (err != nil) != tt.fails {
				t.Fatal(err)
			}
			if tt.fails {
				return
			}
			var got []string
			for _, b := range texts {
				got = append(got, string(b))
			}
			if diff := cmp.Diff(tt.texts, got); diff != "" || cursor != tt.cursor {
				t.Error(cursor, diff)
			}
		})
	}
}

func TestReplyErrorIsOneOfRedis(t *testing.T) {
	t.Parallel()
	_, err := rawReply{[]byte("-NOPERM no\r\n")}.number()
	if _, ok := errors.AsType[redis.Error](err); !ok || err.Error() != "NOPERM no" {
		t.Errorf("%#v", err)
	}
}

func TestCutterKeepsTheBeginnings(t *testing.T) {
	t.Parallel()
	reply := "*3\r\n$10\r\n0123456789\r\n$3\r\nabc\r\n:42\r\n"
	for size := 1; size <= len(reply); size++ { // however it comes in pieces
		c := &cutter{field: 4, total: 100}
		for rest := []byte(reply); len(rest) > 0; {
			n := min(size, len(rest))
			if _, err := c.Write(rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		r := c.reader()
		n, long, short, number := r.array(), r.text(), r.text(), r.text()
		if n != 3 || string(long.text) != "0123" || long.cut() != 6 || string(short.text) != "abc" || short.cut() != 0 || string(number.text) != "42" || r.err != nil {
			t.Fatalf("pieces of %d: %v %+v %+v %+v %v", size, n, long, short, number, r.err)
		}
	}
}

func FuzzReply(f *testing.F) {
	f.Add([]byte("*2\r\n$1\r\n0\r\n*1\r\n$1\r\na\r\n"), 3)
	f.Add([]byte("%1\r\n+k\r\n,1.5\r\n_\r\n#t\r\n"), 1)
	f.Fuzz(func(t *testing.T, reply []byte, size int) {
		r := replyReader{reply}
		if _, err := r.cursor(); err == nil {
			_, _ = r.texts(nil)
		}
		_, _ = rawReply{reply}.number()
		_ = rawReply{reply}.time()

		c := &cutter{field: 16, total: 64}
		for rest := reply; len(rest) > 0; {
			n := min(max(size, 1), len(rest))
			if _, err := c.Write(rest[:n]); err != nil {
				break
			}
			rest = rest[n:]
		}
		kept := 0
		for _, tok := range c.tokens {
			if tok.kind == '$' {
				kept += len(tok.text)
				if len(tok.text) > 16 {
					t.Fatal("more than the limit of a field")
				}
			}
		}
		tokens := c.reader()
		for range tokens.array() {
			tokens.text()
		}
		if kept > len(reply) {
			t.Fatal("more than there was")
		}
	})
}
