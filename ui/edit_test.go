package ui

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/keyspace"
)

func TestTTLOfOneKey(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := guideKeys()
		p := play(t, f, 120, 40, Options{})
		p.press("e").shows("time to live", "never")
		p.enters("5x").shows("a time looks like")
		if len(f.sent) > 0 {
			t.Fatal(f.sent)
		}
		p.press("backspace").enters("m").wait(time.Second)
		p.shows("the key will expire in 5m00s")
		if !slices.Equal(f.sent, []string{"EXPIRE config"}) {
			t.Error(f.sent)
		}
	})
}

// TestChangesTakeFastKeys has all of a change arrive at once, as from a fast typist.
func TestChangesTakeFastKeys(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := guideKeys()
		p := play(t, f, 120, 40, Options{})
		p.press("e", "5", "m", "enter").wait(time.Second).shows("the key will expire in 5m00s")
		p.press("R", "2", "enter").wait(time.Second).shows("renamed to ‘config2’")
	})
}

func TestTTLOfManyKeysIsCountedAndAsked(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := guideKeys()
		p := play(t, f, 120, 40, Options{})
		p.press("a", " ", "e").enters("10m").wait(time.Second)
		p.shows("Let 5 keys expire in 10m00s?", "db 0", "can be undone")
		p.press("enter")
		if len(f.sent) > 0 {
			t.Fatal("enter did it", f.sent)
		}
		p.press("y").wait(time.Second)
		p.shows("5 keys will expire in 10m00s")
		if len(f.sent) != 5 {
			t.Error(f.sent)
		}
	})
}

// TestTTL_EveryKey changes the TTL of every key of the database by its name.
func TestTTL_EveryKey(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := guideKeys()
		p := play(t, f, 120, 40, Options{})
		p.press("a", "e").enters("10m").wait(time.Second)
		p.shows("Let the whole database expire in 10m00s?", "all 6 keys of db0")
		p.press("y", "enter").wait(time.Second).shows("That is not db0")
		if len(f.sent) > 0 {
			t.Fatal(f.sent)
		}
		p.press("backspace").typed("db0").press("enter").wait(time.Second)
		p.shows("6 keys will expire in 10m00s")
	})
}

func TestRenameNeverOverwrites(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := guideKeys()
		p := play(t, f, 120, 40, Options{})
		p.press("R").shows("rename to › config")
		p.press("backspace", "backspace", "backspace", "backspace", "backspace", "backspace").enters("homepage").wait(time.Second)
		p.shows("there is a key ‘homepage’ already")
		if len(f.sent) > 0 {
			t.Fatal(f.sent)
		}
		p.press("R").enters("2").wait(time.Second)
		p.shows("renamed to ‘config2’")
		if !slices.Equal(f.sent, []string{"RENAME config config2"}) {
			t.Error(f.sent)
		}
		if key := p.m.list.currentKey(); string(key) != "config2" {
			t.Errorf("the cursor is on %q", key)
		}
	})
}

func TestGoToAKeyAndBack(t *testing.T) {
	playing(t, func(t *testing.T) {
		p := play(t, guideKeys(), 120, 40, Options{})
		p.press("J").typed("nobody").press("enter").wait(time.Second).shows("there is no key ‘nobody’")
		p.press("J").typed("page:1").press("enter").wait(time.Second)
		at(t, p, "page:1")
		p.press("J").enters("homepage").wait(time.Second)
		at(t, p, "homepage")
		p.press("[").wait(time.Second)
		at(t, p, "page:1")
		p.press("]").wait(time.Second)
		at(t, p, "homepage")
		p.press("]").shows("there is no key after this one")
		p.press("J", "up").shows("go to key › homepage").press("up").shows("go to key › page:1").press("esc")
	})
}

func at(t *testing.T, p *player, want string) {
	t.Helper()
	if key := p.m.list.currentKey(); string(key) != want {
		t.Errorf("the cursor is on %q, not %q", key, want)
	}
}

// afterEditor is the screen after an editor has left text in the copy of a
// value.
func afterEditor(t *testing.T, p *player, key, was, text string) *copyFile {
	t.Helper()
	c, err := newCopy("value.json", []byte(was), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.remove)
	if info, err := os.Stat(filepath.Dir(c.path)); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if err := os.WriteFile(c.path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p.send(outsideMsg{copy: c, key: []byte(key)})
	p.wait(time.Second)
	return c
}

func (c *copyFile) gone() bool {
	_, err := os.Stat(c.path)
	return os.IsNotExist(err)
}

func TestEditIsShownBeforeItIsWritten(t *testing.T) {
	const was = `{"debug":false,"langs":["de","fr"],"limits":{"cpu":2,"mem":512}}`
	edited := strings.Replace(was, "false", "true", 1)
	for _, tt := range []struct {
		name, text string
		press      string
		sent       int
		shows      string
	}{
		{"written", edited + "\n", "y", 1, "wrote"},
		{"left", edited, "n", 0, "nothing was written"},
		{"enter does nothing", edited, "enter", 0, "Write this value?"},
		{"not changed", was + "\n", "", 0, "nothing was changed"},
		{"no JSON any more", was[1:], "", 0, "This is no longer valid JSON"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			playing(t, func(t *testing.T) {
				f := guideKeys()
				p := play(t, f, 120, 40, Options{})
				c := afterEditor(t, p, "config", was, tt.text)
				if tt.press != "" {
					p.shows("Write this value?", `-  "debug": false,`, `+  "debug": true,`)
					p.press(tt.press).wait(time.Second)
				}
				p.shows(tt.shows)
				if len(f.sent) != tt.sent {
					t.Error(f.sent)
				}
				if tt.sent == 1 && string(f.keys["config"].Raw) != edited {
					t.Errorf("%s", f.keys["config"].Raw)
				}
				if p.m.dialog == nil && !c.gone() {
					t.Error("the copy was left behind")
				}
			})
		})
	}
}

func TestEditOfAValueThatChangedKeepsTheText(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := guideKeys()
		p := play(t, f, 120, 40, Options{})
		c := afterEditor(t, p, "config", `{"other":1}`, `{"other":2}`)
		p.press("y").wait(time.Second).shows("changed since", "nothing was written")
		if len(f.sent) > 0 || c.gone() {
			t.Error(f.sent, c.gone())
		}
	})
}

func TestOnlyTextCanBeEdited(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		win  inspect.ValueWindow
		can  bool
	}{
		{"JSON", inspect.ValueWindow{Type: keyspace.String, Raw: []byte(`{"a": 1}`)}, true},
		{"text with lines and tabs", inspect.ValueWindow{Type: keyspace.String, Raw: []byte("a\tb\nc\n")}, true},
		{"number", inspect.ValueWindow{Type: keyspace.String, Raw: []byte("42")}, true},
		{"part of a text", inspect.ValueWindow{Type: keyspace.String, Raw: []byte("abc"), Truncated: true}, false},
		{"pickle", inspect.ValueWindow{Type: keyspace.String, Raw: []byte("!\x80\x04\x8c\x01a\x94.")}, false},
		{"pickle of plain letters", inspect.ValueWindow{Type: keyspace.String, Raw: []byte("(lp0\nI1\na.")}, false},
		{"escape", inspect.ValueWindow{Type: keyspace.String, Raw: []byte("a\x1b[1m")}, false},
		{"other bytes", inspect.ValueWindow{Type: keyspace.String, Raw: []byte("a\xff")}, false},
		{"hash", inspect.ValueWindow{Type: keyspace.Hash}, false},
	} {
		if err := editable(newContent(tt.win, "")); (err == nil) != tt.can {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func TestCopyForAPagerHasNoControlCharacters(t *testing.T) {
	t.Parallel()
	c := newContent(inspect.ValueWindow{Type: keyspace.String, Raw: []byte("a\tb\x1b]0;title\x07\nc\u202e\xff")}, "")
	for mode := range numViews {
		text := string(shownText(c, mode))
		if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r == 0x202e }) {
			t.Errorf("%s: %q", viewNames[mode], text)
		}
	}
}
