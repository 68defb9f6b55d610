//go:build !race

package ui

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"cacheview/decode"
	"cacheview/decode/keyname"
	"cacheview/decode/value"
	"cacheview/inspect"
	"cacheview/inspect/keyspace"
	"cacheview/ui/internal/hostile"
)

// hostileServer is a server that puts a payload into all that it says of
// itself, and into every error and report.
type hostileServer struct {
	*fake
	text   string
	broken bool // every change fails
}

func (h hostileServer) Server() inspect.Server {
	return inspect.Server{Addr: "h" + h.text, Product: h.text, Version: h.text, Mode: "cluster", Missing: []inspect.MissingCommand{{Command: h.text, Effect: h.text}}}
}

func (h hostileServer) err() error { return errors.New("ERR " + h.text) }

func (h hostileServer) Read(ctx context.Context, name []byte, opt inspect.ReadOptions) (inspect.ValueWindow, error) {
	if h.broken {
		return inspect.ValueWindow{}, h.err()
	}
	return h.fake.Read(ctx, name, opt)
}

func (h hostileServer) Explain(_ context.Context, key []byte, _ *inspect.FlaskIndex) (inspect.Explanation, error) {
	s := h.text
	if h.broken {
		return inspect.Explanation{}, h.err()
	}
	return inspect.Explanation{
		Key: key, Exists: true, Framework: s, Kind: s, Parts: []keyname.Part{{Name: s, Text: s}},
		Function: s, Instance: s, Call: s, Why: s, TTL: s, Invalidate: s,
	}, nil
}

func (h hostileServer) Plan(ctx context.Context, sel inspect.Selection, progress func(inspect.Progress)) (*inspect.Plan, error) {
	p, err := h.fake.Plan(ctx, sel, progress)
	if err == nil {
		p.Server, p.Description = h.Server(), h.text
	}
	return p, err
}

func (h hostileServer) Delete(_ context.Context, p *inspect.Plan, _ inspect.DeleteOptions) (inspect.DeleteReport, error) {
	r := inspect.DeleteReport{Planned: len(p.Keys), Failed: len(p.Keys), Undo: h.text}
	r.Errors = []inspect.KeyError{{Op: "unlink", Key: []byte(h.text), Err: h.err()}}
	if h.broken {
		return r, h.err()
	}
	return r, nil
}

func (h hostileServer) Journals(context.Context) ([]inspect.Journal, error) {
	j := inspect.Journal{ID: h.text, Addr: h.text, Description: h.text, Keys: 2, When: time.Now()}
	there := j
	j.Addr = h.Server().Addr
	return []inspect.Journal{j, there}, nil
}

func (h hostileServer) Undo(context.Context, string, inspect.UndoOptions) (inspect.UndoReport, error) {
	r := inspect.UndoReport{Planned: 2, Failed: 1, Exists: 1, Existing: [][]byte{[]byte(h.text)}, ID: h.text}
	r.Errors = []inspect.KeyError{{Op: "restore", Key: []byte(h.text), Err: h.err()}}
	if h.broken {
		return r, h.err()
	}
	return r, nil
}

func (h hostileServer) Export(_ context.Context, _ [][]byte, one func(inspect.DumpedKey) error, failed func(inspect.KeyError)) error {
	failed(inspect.KeyError{Op: "dump", Key: []byte(h.text), Err: h.err()})
	if h.broken {
		return h.err()
	}
	return one(inspect.DumpedKey{Key: []byte(h.text), Dump: []byte(h.text)})
}

// hostileKeys has a payload in every place of every type, and in what wraps and
// encodes values.
func hostileKeys(s string) *fake {
	b := []byte(s)
	f := newFake().str(s, s, time.Hour).str("deep:"+s+":"+s, strings.Repeat(s+"\n", 30), 0)
	f.str("a:json", fmt.Sprintf(`{"k":[%q,{"k2":%q}],%q:1}`, strings.ToValidUTF8(s, "?"), "x", strings.ToValidUTF8(s, "?")), 0)
	f.str("a:pickle", pickleCall(s, s), 0)
	f.str("a:pickle0", "c"+s+"\n"+s+"\n(S'"+s+"'\ntR.", 0)
	f.str("a:php", fmt.Sprintf("O:%d:\"%s\":1:{s:%d:\"%s\";s:%d:\"%s\";}", len(s), s, len(s), s, len(s), s), 0)
	f.str("a:ruby", "\x04\x08o:"+string(rune(len(s)+5))+s+"\x06:"+string(rune(len(s)+5))+s+"i\x06", 0)
	f.str("a:msgpack", "\x81\xd9"+string([]byte{byte(len(s))})+s+"\xd9"+string([]byte{byte(len(s))})+s, 0)
	f.str("a:broken", "!\x80\x04\x95\xff\xff"+s, 0)
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	w.Name, w.Comment = "name", "c"
	_, _ = w.Write(b)
	_ = w.Close()
	f.str("a:gzip", z.String(), 0)
	f.str("flask_cache_"+s+"_memver", "!\x80\x04\x8c\x06abcdef\x94.", 0)
	row := inspect.Member{Field: b, Value: b, Score: 1, Pairs: [][]byte{b, b}}
	for _, t := range []keyspace.Type{keyspace.Hash, keyspace.List, keyspace.Set, keyspace.ZSet, keyspace.Stream} {
		f.put("t:"+t.String(), inspect.ValueWindow{Type: t, Total: 2, Rows: []inspect.Member{row, row}}, 0)
	}
	f.put("t:cut", inspect.ValueWindow{Type: keyspace.String, Raw: b, Total: 1 << 30, Truncated: true}, 0)
	return f
}

// pickleCall is a pickle that calls module.name with its own name.
func pickleCall(module, name string) string {
	text := func(s string) string { return "\x8c" + string([]byte{byte(len(s))}) + s }
	return "\x80\x04" + text(module) + text(name) + "\x93" + text(name) + "\x85R}" + text(name) + text(name) + "sb."
}

// watched plays on a hostile server and looks at everything that is drawn.
type watched struct {
	*player
	name string
	seen bool
}

var onlyColours = regexp.MustCompile(hostile.SGR)

func (w *watched) look() {
	w.t.Helper()
	v := w.m.View()
	if err := hostile.Check(v.Content, "\n", onlyColours); err != nil {
		w.t.Fatalf("%s: on the screen: %v", w.name, err)
	}
	if decode.Printable(v.WindowTitle) != v.WindowTitle {
		w.t.Fatalf("%s: in the title: %q", w.name, v.WindowTitle)
	}
	w.seen = w.seen || strings.Contains(v.Content, hostile.Mark)
}

func (w *watched) does(keys ...string) *watched {
	w.t.Helper()
	for _, k := range keys {
		w.press(k)
		w.look()
	}
	return w
}

func (w *watched) pastes(text string) *watched {
	w.t.Helper()
	w.send(tea.PasteMsg{Content: text})
	w.wait(20 * time.Millisecond)
	w.look()
	return w
}

func watch(t *testing.T, h hostileServer, p hostile.Payload, width, height int) *watched {
	t.Helper()
	open := func(context.Context, int) (Backend, error) {
		if h.down != nil {
			return nil, h.down
		}
		return h, nil
	}
	w := &watched{name: p.Name, player: &player{t: t, m: newModel(t.Context(), Options{Site: Site{Open: open}, Banner: p.Text}), msgs: make(chan tea.Msg, 1000)}}
	w.run(w.m.Init())
	w.size(width, height)
	w.wait(50 * time.Millisecond)
	w.look()
	return w
}

// TestHostileContent goes through every screen with a payload in everything
// that comes from elsewhere. What is drawn must be printable text and colours.
func TestHostileContent(t *testing.T) {
	scenes := []struct {
		name     string
		together bool // several payloads in one text: there is much to look at
		play     func(t *testing.T, p hostile.Payload, size [2]int) *watched
	}{
		{"every value in every view", true, func(t *testing.T, p hostile.Payload, size [2]int) *watched {
			w := watch(t, hostileServer{fake: hostileKeys(p.Text), text: p.Text}, p, size[0], size[1])
			for range len(w.m.be.(hostileServer).keys) + 6 {
				w.does("enter", "Z", "v", "v", "v", "tab", "j")
				w.m.show(onKeys)
			}
			return w
		}},
		{"lists, sorting and marks", false, func(t *testing.T, p hostile.Payload, size [2]int) *watched {
			w := watch(t, hostileServer{fake: hostileKeys(p.Text), text: p.Text}, p, size[0], size[1])
			return w.does("t", "s", "s", "S", "T", "T", "T", "esc", "E", "esc", "G", "a", "esc", "f", "?", "esc", "g", "Y", "enter", "y", "esc", "r", "ctrl+g")
		}},
		{"typing and searching", false, func(t *testing.T, p hostile.Payload, size [2]int) *watched {
			w := watch(t, hostileServer{fake: hostileKeys(p.Text), text: p.Text}, p, size[0], size[1])
			w.does("/").pastes(p.Text).does("ctrl+g", "ctrl+g", "ctrl+g", "ctrl+g", "ctrl+g", "left", "left", "home", "enter", "C", "esc", "D", "esc", "esc", "esc")
			w.does(":").pastes(p.Text).does("left", "enter", "esc").does(":").pastes(strings.Repeat(p.Text, 20)).does("home", "end", "esc")
			return w.does("g", "enter", "/").pastes(p.Text).does("enter", "n", "esc")
		}},
		{"explain and delete", false, func(t *testing.T, p hostile.Payload, size [2]int) *watched {
			w := watch(t, hostileServer{fake: hostileKeys(p.Text), text: p.Text}, p, size[0], size[1])
			w.does("x", "j", "k", "esc", "G", "i", "esc", "C", "j", "esc", "d").wait(time.Second)
			w.does("y", "esc", "space", "space", "d").wait(time.Second)
			w.does("n", "U", "down", "enter", "U", "enter")
			return w.does("u", "esc", "C", "up", "down", "down", "down", "down", "down", "enter", "esc")
		}},
		{"exports", false, func(t *testing.T, p hostile.Payload, size [2]int) *watched {
			w := watch(t, hostileServer{fake: hostileKeys(p.Text), text: p.Text}, p, size[0], size[1])
			w.m.opt.NewFile = func(path string) (*os.File, error) {
				return nil, &fs.PathError{Op: "open", Path: path, Err: errors.New(p.Text)}
			}
			w.does("X", "down", "up", "enter", "ctrl+u").pastes(p.Text).does("enter").wait(time.Second)
			w.m.opt.NewFile = func(string) (*os.File, error) { return os.CreateTemp(t.TempDir(), "") }
			w.does("esc", "G", "X", "enter", "enter").wait(time.Second)
			w.does("/").pastes(p.Text).does("enter", "space", "X", "j", "j", "enter").pastes(p.Text).does("enter").wait(time.Second)
			return w
		}},
		{"errors", false, func(t *testing.T, p hostile.Payload, size [2]int) *watched {
			w := watch(t, hostileServer{fake: hostileKeys(p.Text), text: p.Text, broken: true}, p, size[0], size[1])
			w.does("j", "j", "x", "d").wait(time.Second)
			return w.does("y", "u", "enter", "y", "v")
		}},
		{"no server", false, func(t *testing.T, p hostile.Payload, size [2]int) *watched {
			f := hostileKeys(p.Text)
			f.down = &inspect.ConnError{Addr: "h" + p.Text, Kind: inspect.ConnRefused, Err: errors.New(p.Text), Hint: "x"}
			w := watch(t, hostileServer{fake: f, text: p.Text}, p, size[0], size[1])
			w.wait(3 * time.Second)
			return w.does("d", "u", "C", "x", "r")
		}},
		{"a server that goes away", false, func(t *testing.T, p hostile.Payload, size [2]int) *watched {
			f := hostileKeys(p.Text)
			w := watch(t, hostileServer{fake: f, text: p.Text}, p, size[0], size[1])
			f.mu.Lock()
			f.down = &inspect.ConnError{Addr: "h", Kind: inspect.ConnLost, Err: errors.New(p.Text), Hint: p.Text}
			f.mu.Unlock()
			w.does("r", "j", "enter").wait(3 * time.Second)
			return w.does("j")
		}},
	}
	for _, s := range scenes {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			payloads := hostile.Payloads()
			if s.together {
				payloads = together(payloads)
			}
			for i, p := range payloads {
				playing(t, func(t *testing.T) {
					if w := s.play(t, p, sizes[i%3]); !w.seen && w.w >= 80 {
						t.Errorf("%s was never on the screen:\n%s", p.Name, w.screen())
					}
				})
			}
		})
	}
}

// together joins a few payloads at a time, still short enough for the formats
// that give a length in one byte.
func together(all []hostile.Payload) []hostile.Payload {
	var out []hostile.Payload
	last := hostile.Payload{}
	for _, p := range all {
		if last.Text != "" && len(last.Text)+len(p.Text) > 120 {
			out, last = append(out, last), hostile.Payload{}
		}
		last.Name += p.Name + "; "
		last.Text += p.Text
	}
	return append(out, last)
}

// TestCopiedTextIsSafe looks at what goes to the clipboard: the escaped text,
// as it is on the screen, because what is pasted into a shell must not be able
// to press keys there.
func TestCopiedTextIsSafe(t *testing.T) {
	for _, p := range hostile.Payloads() {
		playing(t, func(t *testing.T) {
			w := watch(t, hostileServer{fake: newFake().str(p.Text, p.Text, 0), text: "x"}, p, 80, 24)
			key := fmt.Sprint(w.m.copyKey()())
			if err := hostile.Check(key, "", onlyColours); err != nil || !strings.Contains(key, hostile.Mark) || strings.Contains(key, "\x1b") {
				t.Errorf("%s: %v: copied the key %q", p.Name, err, key)
			}
			copied := fmt.Sprint(w.m.copyValue()())
			// One payload is also an integer of CBOR, which is read as that.
			shown := strings.Contains(copied, hostile.Mark) || w.m.value.content.Root.Kind() == value.Int
			presses := func(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune("\t\n\r", r) }
			if strings.ContainsFunc(copied, presses) || !shown || !utf8.ValidString(copied) {
				t.Errorf("%s: copied the value %q", p.Name, copied)
			}
		})
	}
}
