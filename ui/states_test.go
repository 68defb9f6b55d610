package ui

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"

	"cacheview/inspect"
	"cacheview/ui/theme"
)

// state is a screen of the program as a user meets it: a server, the keys that
// lead there, and a text that says that they did, which a small screen may have
// no room for.
type state struct {
	name  string
	on    func() *fake
	opt   Options
	way   func(p *player)
	shows string
}

// states are all screens and dialogs.
var states = []state{
	{"keys", guideKeys, Options{}, press("j", "j"), "homepage"},
	{"keys-flat-by-ttl", guideKeys, Options{}, press("t", "s"), "by TTL"},
	{"keys-marked", guideKeys, Options{}, press("space", "j", "space"), "2 marked"},
	{"keys-nearly-gone", showcase, Options{}, press("/", "a", "enter"), "8s"},
	{"keys-typing", guideKeys, Options{}, press("/", "f", "l"), "prefix"},
	{"keys-fuzzy", guideKeys, Options{}, func(p *player) {
		p.press("/", "ctrl+g", "ctrl+g", "ctrl+g").typed("fcs4").press("enter")
	}, "fuzzy"},
	{"keys-listing", listing, Options{}, wait(700 * time.Millisecond), "scanned"},
	{"keys-node", guideKeys, Options{}, press("j"), "keys start with this"},
	{"keys-ascii", guideKeys, Options{ASCII: true}, press("space", "j", "j"), "+--"},
	{"keys-wide-text", wideKeys, Options{}, press("j", "j", "j"), "日本語"},
	{"keys-not-live", many, Options{}, wait(time.Second), "not live"},
	{"zoomed", guideKeys, Options{}, press("enter", "+"), "limits"},

	{"value-text", showcase, Options{}, open("a:page"), "1 <!DOCTYPE"},
	{"value-text-wrapped", guideKeys, Options{}, open("page:"), "<p>Hello</p>"},
	{"value-tree", showcase, Options{}, func(p *player) { open("b:tree")(p); p.press("Z", "Z", "j", "j", "j", "j", "j") }, "user › tags › 1 › deep"},
	{"value-table", showcase, Options{}, open("b:rows"), "Grace Hopper"},
	{"value-scores", showcase, Options{}, open("c:scores"), "score"},
	{"value-stream", showcase, Options{}, open("c:stream", "L"), "grace"},
	{"value-hash", showcase, Options{}, open("c:user"), "mauve"},
	{"value-raw", showcase, Options{}, open("b:tree", "v"), "shown raw"},
	{"value-hex", showcase, Options{}, open("b:tree", "v", "v"), "00000000"},
	{"value-opcodes", guideKeys, Options{}, open("homepage", "v", "v", "v"), "SHORT_BINUNICODE"},
	{"value-search", showcase, Options{}, func(p *player) { open("a:page", "/")(p); p.typed("body").press("enter") }, "match 1 of "},
	{"value-warning", untrusted, Options{}, open("evil"), "would call os.system"},
	{"value-damaged", untrusted, Options{}, open("cut"), "damaged"},

	{"keys-of-list", guideKeys, Options{}, press("?"), "Keys of the list"},
	{"keys-of-value", guideKeys, Options{}, press("enter", "?"), "Keys of the value"},
	{"help", guideKeys, Options{}, press("?", "?"), "Help"},
	{"palette", guideKeys, Options{}, func(p *player) { p.press(":").typed("del") }, "delete matches"},
	{"confirm", guideKeys, Options{}, press("G", "d"), "Delete 1 key?"},
	{"confirm-many", guideKeys, Options{}, press("a", "d"), "Empty the whole database?"},
	{"confirm-typed", guideKeys, Options{}, press("C", "down", "down", "down", "down", "enter", "d", "b"), "Empty the whole database?"},
	{"clear", guideKeys, Options{}, press("C"), "the whole database"},
	{"progress", slow, Options{}, func(p *player) { p.press("G", "d").wait(time.Second) }, "esc stops"},
	{"deleted", guideKeys, Options{}, func(p *player) { p.press("G", "d").wait(time.Second).press("y") }, "deleted 1 key"},
	{"undone", guideKeys, Options{}, func(p *player) { p.press("G", "d").wait(time.Second).press("y", "u") }, "restored 1 key"},
	{"deletes", withJournals, Options{}, press("U"), "Undo what?"},
	{"ttl", guideKeys, Options{}, func(p *player) { p.press("e").enters("5x") }, "a time looks like"},
	{"rename", guideKeys, Options{}, press("R"), "rename to"},
	{"edit", guideKeys, Options{}, func(p *player) {
		afterEditor(p.t, p, "config", string(p.fake.keys["config"].Raw), `{"debug":true,"langs":["de","fr"],"limits":{"cpu":2,"mem":512}}`)
	}, "Write this value?"},
	{"formats", guideKeys, Options{}, press("j", "j", "tab", "V"), "Decode as"},
	{"explain", guideKeys, Options{}, press("G", "x"), "What is this key?"},
	{"go-to", guideKeys, Options{}, func(p *player) { p.press("J").typed("no such key").press("enter") }, "no such key"},

	{"server", guideKeys, Options{}, func(p *player) { p.wait(time.Second).press("2").wait(3 * time.Second) }, "93 %"},
	{"activity", guideKeys, Options{}, func(p *player) { p.wait(time.Second).press("3") }, "Hits and misses"},
	{"activity-asks", guideKeys, Options{}, func(p *player) { p.wait(time.Second).press("3", "s") }, "Run MONITOR"},
	{"activity-sampled", guideKeys, Options{}, func(p *player) {
		p.wait(time.Second).press("3", "s").wait(time.Second).press("y").wait(11 * time.Second)
	}, "80.0 % of 40 reads"},

	{"empty", newFake, Options{}, press(), "This database is empty"},
	{"no-match", guideKeys, Options{}, func(p *player) { p.press("/").typed("zebra").press("enter") }, "No key matches"},
	{"no-server", down(inspect.ConnRefused, "connection refused", "is redis-server running there, and is the port right?"), Options{}, press(), "connection refused"},
	{"not-redis", down(inspect.ConnNotRedis, "invalid reply: \"HTTP/1.1 400\"", "something else answers on this port; check the port"), Options{}, press(), "not a Redis server"},
	{"no-password", down(inspect.ConnNoAuth, "NOAUTH", "give a password"), Options{}, press(), "--askpass"},
	{"lost", guideKeys, Options{}, func(p *player) {
		p.fake.mu.Lock()
		p.fake.down = errDown
		p.fake.mu.Unlock()
		p.wait(3 * time.Second)
	}, "connection lost"},
}

func press(keys ...string) func(*player) { return func(p *player) { p.press(keys...) } }

func wait(d time.Duration) func(*player) { return func(p *player) { p.wait(d) } }

// open is the way into the value of the one key that begins with a prefix.
func open(prefix string, keys ...string) func(*player) {
	return func(p *player) { p.press("/").typed(prefix).press("enter", "enter").press(keys...) }
}

func listing() *fake {
	f := many()
	f.page, f.pace = 100, 100*time.Millisecond
	return f
}

// many are more keys than are asked for again and again where the server tells
// of no changes.
func many() *fake {
	f := newFake()
	for i := range 2500 {
		f.str(fmt.Sprintf("item:%04d", i), "x", time.Hour)
	}
	return f
}

func untrusted() *fake {
	return newFake().str("evil", "cos\nsystem\n(S'rm -rf /'\ntR.", 0).str("cut", "!\x80\x04\x95\x15\x00\x00\x00\x00\x00\x00\x00\x8c\x11Square of", time.Minute)
}

func slow() *fake {
	f := guideKeys()
	f.lag = 10 * time.Second
	return f
}

func withJournals() *fake {
	f := guideKeys()
	f.journals = []inspect.Journal{
		{ID: "2", Addr: "localhost:6379", When: time.Now(), Description: "1 key", Keys: 1, Bytes: 300},
		{ID: "1", Addr: "other:6379", When: time.Now().Add(-time.Hour), Description: "prefix other:", Keys: 22, Bytes: 9000, NotHere: &inspect.ServerError{}},
	}
	return f
}

func down(kind inspect.ConnKind, said, hint string) func() *fake {
	return func() *fake {
		f := newFake()
		f.down = &inspect.ConnError{Addr: "localhost:6379", Kind: kind, Err: errors.New(said), Hint: hint}
		return f
	}
}

// reach plays the way to a state.
func (s state) reach(t *testing.T, w, h int, name string) *player {
	opt := s.opt
	opt.Theme = name
	p := play(t, s.on(), w, h, opt)
	s.way(p)
	if w >= wideFrom {
		p.shows(s.shows)
	}
	return p
}

// TestScreens keeps what every screen says at every size. No frame on the way
// there is larger or smaller than the screen.
func TestScreens(t *testing.T) {
	for _, s := range states {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			for _, size := range sizes {
				playing(t, func(t *testing.T) {
					fmt.Fprintf(&out, "%d by %d\n%s\n", size[0], size[1], s.reach(t, size[0], size[1], theme.Dark).screen())
				})
			}
			golden.RequireEqual(t, out.String())
		})
	}
}

// TestStyles keeps how every screen looks in every theme: under each line the
// style of each cell as a letter, and what the letters stand for.
func TestStyles(t *testing.T) {
	for _, s := range states {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			for _, name := range []string{theme.Dark, theme.Light, theme.Contrast, theme.Mono} {
				playing(t, func(t *testing.T) {
					p := s.reach(t, 110, 24, name)
					if name == theme.Light || name == theme.Contrast {
						fmt.Fprintf(&out, "%s\n%s\n", name, p.legend())
						return
					}
					fmt.Fprintf(&out, "%s\n%s%s\n", name, p.styles(), p.legend())
				})
			}
			golden.RequireEqual(t, out.String())
		})
	}
}
