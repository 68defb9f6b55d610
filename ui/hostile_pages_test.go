//go:build !race

package ui

import (
	"context"
	"testing"
	"time"

	"cacheview/decode/keyname"
	"cacheview/inspect"
	"cacheview/ui/internal/hostile"
)

// Info tells of a policy that is a payload.
func (h hostileServer) Info(ctx context.Context) (inspect.Info, error) {
	info, err := h.fake.Info(ctx)
	info.Policy = h.text
	if h.broken {
		err = h.err()
	}
	return info, err
}

// Slowlog has commands and clients that are payloads.
func (h hostileServer) Slowlog(context.Context, int) ([]inspect.SlowlogEntry, error) {
	if h.broken {
		return nil, h.err()
	}
	return []inspect.SlowlogEntry{{At: time.Now(), Took: time.Second, Command: []string{h.text, h.text}, Client: h.text}}, nil
}

// Monitor has clients, commands, keys and values that are payloads.
func (h hostileServer) Monitor(_ context.Context, _ time.Duration, fn func(inspect.Command)) error {
	b := []byte(h.text)
	for _, name := range []string{"GET", "SET", h.text} {
		fn(inspect.Command{At: time.Now(), Got: time.Now(), Client: h.text, Args: [][]byte{[]byte(name), b, b}})
	}
	if h.broken {
		return h.err()
	}
	return nil
}

func (h hostileServer) ChangeTTL(_ context.Context, p *inspect.Plan, _ inspect.TTLChange, _ func(int, int)) (inspect.TTLReport, error) {
	r := inspect.TTLReport{Planned: len(p.Keys), Failed: len(p.Keys)}
	r.Errors = []inspect.KeyError{{Op: "expire", Key: []byte(h.text), Err: h.err()}}
	if h.broken {
		return r, h.err()
	}
	return r, nil
}

func (h hostileServer) Rename(context.Context, []byte, []byte) (string, error) { return "", h.err() }

func (h hostileServer) Replace(ctx context.Context, key, old, now []byte) (string, error) {
	if h.broken {
		return "", h.err()
	}
	return h.fake.Replace(ctx, key, old, now)
}

// on wants a screen to be open, which would be whole if it were not, too.
func (w *watched) on(what string, open bool) {
	w.t.Helper()
	if !open {
		w.t.Errorf("%s: %s: not open:\n%s", w.name, what, w.screen())
	}
}

// showsDialog tells whether such a dialog is open.
func showsDialog[D dialog](w *watched) bool {
	_, ok := w.m.dialog.(D)
	return ok
}

// TestHostileContentOnEveryPage goes through the pages, the dialogs that change a
// key, and the pickers, once with a server that does what it is asked and once with
// one that refuses everything in a payload's words.
func TestHostileContentOnEveryPage(t *testing.T) {
	for _, broken := range []bool{false, true} {
		for i, p := range together(hostile.Payloads()) {
			playing(t, func(t *testing.T) {
				f := hostileKeys(p.Text)
				f.str("z:plain", "text that can be edited", 0)
				f.beside = []inspect.NonCacheKeys{{Role: keyname.Session, Keys: 2, Like: []byte(p.Text)}}
				size := sizes[i%len(sizes)]
				w := watch(t, hostileServer{fake: f, text: p.Text, broken: broken}, p, size[0], size[1])
				// How the server does, what changes, and a sample of all commands.
				w.does("2")
				w.on("the server page", w.m.pages.at == serverPage)
				w.does("j", "j", "pgdown", "G", "g", "3")
				w.on("the activity page", w.m.pages.at == activityPage)
				w.does("j", "s")
				w.on("the question about a sample", showsDialog[*sampleDialog](w))
				w.wait(time.Second)
				w.does("y").wait(11 * time.Second)
				w.look()
				w.on("a sample, or why there is none", w.m.pages.sample.result != nil || w.m.pages.sample.failure != nil)
				w.does("j", "pgdown", "G", "1")
				w.on("the keys", w.m.pages.at == keysPage)
				// Times to live, of one key and of all.
				w.does("G", "e")
				w.on("the line for a time to live", w.m.prompt.on && w.m.prompt.label == "time to live")
				w.pastes(p.Text)
				w.does("enter")
				w.on("the complaint about it", w.m.prompt.wrong)
				w.does("esc", "e").enters("5m").wait(time.Second)
				w.look()
				w.on("the failure of a time to live", w.m.status.bad)
				w.does("esc", "a", "e").enters("5m").wait(time.Second)
				w.look()
				w.on("the question about times to live", showsDialog[*confirmDialog](w))
				w.does("esc", "A")
				// Another name, going to a key, and visits.
				w.does("R")
				w.on("the line for a name", w.m.prompt.label == "rename to")
				w.pastes(p.Text + " too")
				w.does("enter").wait(time.Second)
				w.look()
				w.on("the failure of a rename", w.m.status.bad || w.m.prompt.wrong)
				w.does("esc", "J")
				w.on("the line for a key", w.m.prompt.on && w.m.prompt.label == "go to key")
				w.pastes(p.Text).does("enter", "esc", "[", "]")
				// The palette, formats, other databases, help.
				w.does(":")
				w.on("the palette", showsDialog[*picker](w))
				w.pastes(p.Text).does("down", "enter", "esc", "esc")
				if !broken {
					w.does("enter", "V")
					w.on("the formats", showsDialog[*formatDialog](w))
					w.does("j").pastes(p.Text).does("esc", "esc")
				}
				w.does("?")
				w.on("the keys of the list", showsDialog[*keysDialog](w))
				w.does("?")
				w.on("help", showsDialog[*pageDialog](w))
				w.does("esc", "c")
				w.on("other databases", showsDialog[*siteDialog](w))
				w.pastes(p.Text).does("enter", "esc")
				// The editor and its differences; the pager.
				w.does("J").typed("z:plain").press("enter").wait(time.Second)
				afterEditor(t, w.player, "z:plain", "text that can be edited", p.Text+"\nedited\n")
				w.look()
				w.on("what the editor changed", showsDialog[*diffDialog](w) || broken && w.m.status.bad)
				w.does("j", "y").wait(time.Second)
				w.look()
				w.does("u", "o", "esc", "esc")
				// The undo that is offered after a delete, and clearing.
				w.does("g", "d").wait(time.Second)
				w.look()
				w.on("the question about a delete", showsDialog[*confirmDialog](w))
				w.does("y").wait(time.Second)
				w.look()
				w.on("the report of a delete", w.m.status.bad)
				w.does("esc", "U")
				w.on("the deletes", showsDialog[*picker](w))
				w.does("enter").wait(time.Second)
				w.look()
				w.does("esc", "esc", "C")
				w.on("what can be cleared", showsDialog[*menuDialog](w))
				w.does("j", "1").wait(time.Second)
				w.does("esc", "esc")
				if !w.seen && w.w >= 80 {
					t.Errorf("%s was never on the screen:\n%s", p.Name, w.screen())
				}
			})
		}
	}
}
