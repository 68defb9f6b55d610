package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cacheview/inspect"
)

func TestScreenIsAsItWasLeft(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "screens.json")
	playing(t, func(t *testing.T) {
		p := play(t, guideKeys(), 120, 40, Options{StateFile: path})
		p.press("t", "s", "/").typed("page").press("enter", ">").wait(time.Second)
		p.press("J").typed("page:1").press("enter").wait(time.Second)
		p.shows("prefix page", "by TTL")
		if err := p.m.memory().save(path, p.m.server); err != nil {
			t.Fatal(err)
		}
	})
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	playing(t, func(t *testing.T) {
		p := play(t, guideKeys(), 120, 40, Options{StateFile: path})
		p.wait(time.Second).shows("prefix page", "by TTL", "1 of 6").hides("▾")
		p.press("J", "up").shows("go to key › page:1").press("esc")
		p.press("esc").wait(time.Second).shows("homepage")
		p.press("/", "ctrl+r").wait(time.Second).shows("prefix › page").press("esc")
	})
	playing(t, func(t *testing.T) {
		p := play(t, guideKeys(), 120, 40, Options{Site: Site{Prefix: "user"}, StateFile: path})
		p.wait(time.Second).shows("prefix user", "by TTL")
	})
}

func TestMemoryOfAnotherDatabaseIsLeftAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "screens.json")
	db := func(n int) inspect.Server { return inspect.Server{Addr: "localhost:6379", DB: n} }
	start := time.Unix(1_700_000_000, 0)
	for n := range memoryLimit + 1 {
		mem := memory{Left: start.Add(time.Duration(n) * time.Minute), Filter: strings.Repeat("x", n), Split: 50}
		if err := mem.save(path, db(n)); err != nil {
			t.Fatal(err)
		}
	}
	if _, ok := recallMemory(path, db(0)); ok {
		t.Error("the oldest was kept")
	}
	for _, n := range []int{1, 2, memoryLimit} {
		if mem, ok := recallMemory(path, db(n)); !ok || len(mem.Filter) != n {
			t.Errorf("db %d: %v %v", n, mem, ok)
		}
	}
}

func TestMemoryThatCannotBeReadIsNone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "screens.json")
	for name, text := range map[string]string{
		"no JSON":       "{",
		"another shape": "[]",
		"no such order": `{"localhost:6379 db0":{"order":200}}`,
		"no such mode":  `{"localhost:6379 db0":{"mode":99}}`,
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if mem, ok := recallMemory(path, inspect.Server{Addr: "localhost:6379"}); ok {
			t.Errorf("%s: %v", name, mem)
		}
		if err := (memory{Filter: "a"}).save(path, inspect.Server{Addr: "localhost:6379"}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
