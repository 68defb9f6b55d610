package ui

import (
	"strings"
	"testing"
	"time"

	"cacheview/inspect/keyspace"
)

// TestDelete_WholeNames marks three long names that differ in their middle: the
// dialog shows every character of each, if need be line by line.
func TestDelete_WholeNames(t *testing.T) {
	names := make([]string, 3)
	for i := range names {
		names[i] = strings.Repeat("a", 97) + string(rune('X'+i)) + strings.Repeat("z", 97)
	}
	server := func() *fake {
		f := newFake()
		for _, n := range names {
			f = f.str(n, "v", 0)
		}
		return f.str("other", "v", 0)
	}
	for _, size := range [][2]int{{80, 24}, {40, 10}, {120, 40}} {
		playing(t, func(t *testing.T) {
			p := play(t, server(), size[0], size[1], Options{})
			p.press(" ", " ", " ", "d").wait(time.Second)
			seen := ""
			for range 30 {
				seen += p.screen()
				p.press("down")
			}
			seen = strings.NewReplacer("│", "", "\n", "", " ", "").Replace(seen)
			for i := range names {
				if mark := string(rune('X' + i)); !strings.Contains(seen, "a"+mark) && !strings.Contains(seen, mark+"z") {
					t.Errorf("%dx%d: %s is never seen", size[0], size[1], mark)
				}
			}
		})
	}
}

// TestDelete_EveryKey empties a database by other ways than its name: the name is
// asked for whatever way it is.
func TestDelete_EveryKey(t *testing.T) {
	for name, keys := range map[string][]string{
		"all marked":           {"a", "d"},
		"sorted and all":       {"s", "a", "d"},
		"a filter of all":      {"/", "*", "enter", "D"},
		"a prefix of all":      {"C", "enter"},
		"marked one at a time": {" ", " ", " ", "d"},
	} {
		playing(t, func(t *testing.T) {
			f := newFake().str("app:1", "v", time.Hour).str("app:2", "v", time.Hour).str("app:3", "v", time.Hour)
			p := play(t, f, 80, 24, Options{})
			p.press("t").wait(time.Second) // a flat list
			for _, k := range keys {
				p.press(k).wait(time.Second)
			}
			p.shows("Empty the whole database?", "db0")
			p.press("y", "enter").wait(time.Second)
			p.shows("That is not db0")
			if t.Failed() {
				t.Log(name)
			}
		})
	}
}

func TestSharedPrefix(t *testing.T) {
	t.Parallel()
	idx := keyspace.New(0)
	for _, n := range []string{
		"celery-task-meta-4d8c1b2e-1", "celery-task-meta-5d8c1b2e-2", "celery-task-meta-6d8c1b2e-3", "celery", "user:1:name", "user:2:name", "user:2:mail",
		"sessionAb3x", "sessionQq9z", "alone",
	} {
		idx.Add([]byte(n))
	}
	for name, want := range map[string]string{
		"celery-task-meta-4d8c1b2e-1": "celery-task-meta-", "user:2:name": "user:2:", "user:1:name": "user:", "sessionAb3x": "session", "alone": "",
	} {
		got, n := sharedPrefix(idx.Snapshot(), []byte(name))
		if string(got) != want || want != "" && n < 2 {
			t.Errorf("%s: %q, %d keys, want %q", name, got, n, want)
		}
	}
}

// TestNames_TypedAsTheyArePrinted goes to keys, and filters for them, by what the
// list shows.
func TestNames_TypedAsTheyArePrinted(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := newFake().str("a\nb", "newline", 0).str(`a\nb`, "backslash", 0).str("z", "last", 0)
		p := play(t, f, 120, 40, Options{})
		p.shows(`a\nb`, `a\\nb`)
		p.press("J").typed(`a\\nb`).press("enter").wait(time.Second).shows("backslash")
		p.press("J").typed(`a\nb`).press("enter").wait(time.Second).shows("newline")
		p.press("/").typed(`a\\n`).press("enter").wait(time.Second).shows("1 of 3", "backslash")
	})
}
