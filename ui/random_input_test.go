package ui

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cacheview/inspect"
)

// TestRandomKeys presses keys without sense on every screen. Nothing may panic,
// no frame may be larger or smaller than the screen (send checks that), and
// nothing on the server may change but by the answer that it takes. In the end
// every key must have been pressed wherever it works, and every dialog opened.
func TestRandomKeys(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()) // for the copies that editors and pagers get
	all, mu := newCoverage(), sync.Mutex{}
	t.Cleanup(func() { all.complete(t) })
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			seen := newCoverage() // its own: a seed presses the same keys every time
			playing(t, func(t *testing.T) { pressAtRandom(t, seed, seen) })
			mu.Lock()
			defer mu.Unlock()
			all.merge(seen)
		})
	}
}

func pressAtRandom(t *testing.T, seed uint64, seen coverage) {
	r := rand.New(rand.NewPCG(seed, 7))
	f := jungle()
	newFile := func(string) (*os.File, error) { return os.CreateTemp("", "") }         // wherever it was typed
	p := play(t, f, 100, 30, Options{Editor: "true", Pager: "true", NewFile: newFile}) // the programs are never run
	keys := p.m.keys.everyKey()
	granted := false // the last question about a plan was answered with yes
	for step := range 1000 {
		if step%250 == 0 { // what the next operation announces
			f.mu.Lock()
			f.notices = []inspect.JournalNotice{{Journal: f.journals[0]}}
			f.mu.Unlock()
		}
		if step%50 == 49 {
			s := sizes[r.IntN(len(sizes))]
			p.size(s[0]+r.IntN(9), s[1]+r.IntN(5))
		}
		if r.IntN(9) == 0 {
			p.wait(time.Second)
		}
		before, sent, at := p.asked(), len(f.commands()), p.place()
		if step%100 == 99 && p.m.value.content != nil && before != isPlanning {
			key := p.m.value.content.Win.Key.Name
			afterEditor(t, p, string(key), string(f.raw(key)), `{"edited":true}`)
		} else {
			k := seen.next(at, keys, r)
			p.press(k)
			yes := k == "y" || k == "Y" || k == "enter"
			switch before {
			case asksPlan:
				granted = yes
			case isPlanning: // the answer may be typed ahead
				granted = granted || yes
			}
		}
		seen.opened[fmt.Sprintf("%T", p.m.dialog)] = true
		for _, s := range f.commands()[sent:] {
			switch verb, _, _ := strings.Cut(s, " "); {
			case verb == "UNLINK" && granted:
			case verb == "EXPIRE" && (granted || before == asksLine):
			case verb == "RENAME" && before == asksLine:
			case verb == "SET" && before == asksEdit:
			case verb == "RESTORE": // an undo gives back
			default:
				t.Fatalf("step %d sent %q after %s was asked", step, s, before)
			}
		}
	}
}

// jungle is keys of every shape, and deletes to undo.
func jungle() *fake {
	f := showcase()
	for i := range 60 {
		f.str(fmt.Sprintf("item:%d:%d", i%7, i), fmt.Sprintf(`{"n":%d,"list":[1,2,{"deep":[%d]}]}`, i, i), time.Duration(i)*time.Minute)
	}
	for n, w := range guideKeys().keys {
		f.keys[n] = w
	}
	f.str("odd\x1b[31m\u202e name \xff", "\x1b]0;title\x07 日本語 e\u0301", time.Hour)
	f.lag = 300 * time.Millisecond
	f.journals = []inspect.Journal{
		{ID: "2", Addr: "localhost:6379", When: time.Now(), Description: "1 key", Keys: 1, Bytes: 300, Undone: true},
		{ID: "1", Addr: "other:6379", When: time.Now().Add(-time.Hour), Description: "prefix other:", Keys: 22, NotHere: &inspect.ServerError{}},
	}
	return f
}

// everyKey is the keys of all actions, in an order that stays.
func (k keyMap) everyKey() []string {
	var out []string
	for _, g := range k.groups() {
		for _, a := range g.Actions {
			out = append(out, a.Keys()...)
		}
	}
	return out
}

// inDialogs are keys for dialogs and lines that are typed, the likelier the
// more often they stand here.
var inDialogs = strings.Fields("y y y y y y n n esc esc esc esc esc enter enter enter enter enter enter up down 1 2 3 4 5 m 0 s d b 7 0 * a : backspace ctrl+r tab ctrl+t")

// What is asked before something on the server changes.
const (
	asksPlan   = "*ui.confirmDialog"
	isPlanning = "*ui.busyDialog"
	asksEdit   = "*ui.diffDialog"
	asksLine   = "a line"
)

// asked is what the user answers with the next key.
func (p *player) asked() string {
	switch {
	case p.m.dialog != nil:
		return fmt.Sprintf("%T", p.m.dialog)
	case p.m.prompt.on:
		return asksLine
	}
	return "nothing"
}

// place is where keys do what the key map says; elsewhere they are answers.
type place int

const (
	elsewhere place = iota
	inList
	inBody
	onServer
	onActivity
)

func (p *player) place() place {
	m := p.m
	switch {
	case m.dialog != nil || m.prompt.on || m.filter.editing || m.lay.Tiny:
		return elsewhere
	case m.pages.at == serverPage:
		return onServer
	case m.pages.at == activityPage:
		return onActivity
	case m.focus == onValue:
		return inBody
	}
	return inList
}

// actions is all that works in a place.
func (k keyMap) actionsAt(at place) []action {
	switch at {
	case onServer:
		return k.pageActions(serverPage)
	case onActivity:
		return k.pageActions(activityPage)
	}
	var out []action
	for _, g := range k.groups() {
		if g.On == anywhere || g.On == inKeys && at == inList || g.On == inValue && at == inBody {
			out = append(out, g.Actions...)
		}
	}
	return out
}

// coverage is what was pressed, and how often, and what was opened.
type coverage struct {
	pressed map[place]map[string]int
	opened  map[string]bool
}

func newCoverage() coverage {
	c := coverage{map[place]map[string]int{}, map[string]bool{}}
	for at := inList; at <= onActivity; at++ {
		c.pressed[at] = map[string]int{}
	}
	return c
}

func (c coverage) merge(d coverage) {
	for at, keys := range d.pressed {
		for k, n := range keys {
			c.pressed[at][k] += n
		}
	}
	maps.Copy(c.opened, d.opened)
}

// next chooses a key and counts it: where keys do what the key map says, half of
// the time one that was pressed least there.
func (c coverage) next(at place, keys []string, r *rand.Rand) string {
	if at == elsewhere {
		all := append(slices.Clone(keys), inDialogs...)
		return all[r.IntN(len(all))]
	}
	n := c.pressed[at]
	if r.IntN(2) == 0 {
		least := n[slices.MinFunc(keys, func(a, b string) int { return n[a] - n[b] })]
		keys = slices.DeleteFunc(slices.Clone(keys), func(k string) bool { return n[k] > least })
	}
	k := keys[r.IntN(len(keys))]
	n[k]++
	return k
}

// complete fails for a key that was never pressed where it works, and for a
// dialog that never opened.
func (c coverage) complete(t *testing.T) {
	k := newKeyMap()
	for _, at := range []place{inList, inBody, onServer, onActivity} {
		for _, a := range k.actionsAt(at) {
			for _, key := range a.Keys() {
				if c.pressed[at][key] == 0 {
					t.Errorf("%s (%s) was never pressed in place %d", key, a.ID, at)
				}
			}
		}
	}
	for _, d := range dialogTypes(t) {
		if !c.opened[d] {
			t.Errorf("%s never opened", d)
		}
	}
}

// dialogTypes are the types of the package that draw a dialog's box.
func dialogTypes(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no source", err)
	}
	var out []string
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil && f.Name.Name == "box" {
				if star, ok := f.Recv.List[0].Type.(*ast.StarExpr); ok {
					out = append(out, "*ui."+star.X.(*ast.Ident).Name)
				}
			}
		}
	}
	return out
}
