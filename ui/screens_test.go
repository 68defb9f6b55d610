package ui

import (
	"errors"
	"slices"
	"testing"
	"time"

	"cacheview/decode/keyname"
	"cacheview/inspect"
)

func TestClearMenu(t *testing.T) {
	atEverySize(t, guideKeys, func(p *player) {
		p.press("/").typed("flask").press("enter", "C").shows("1  ‘flask_cache_memoize:", "enter select")
		p.press("down", "down", "down", "down").shows("the whole database", "asks you to type its name", "enter select")
	})
}

// withSessions are keys of which some are no cache entries.
func withSessions() *fake {
	f := guideKeys()
	f.undoLimit = 10
	f.beside = []inspect.NonCacheKeys{
		{Role: keyname.Session, Keys: 1204, Like: []byte("session:0c1f4b6e")},
		{Role: keyname.Queue, Keys: 1, Like: []byte("celery")},
	}
	return f
}

// TestConfirmSaysWhatIsNoCacheEntry and what of it cannot be undone, at every
// size, beside what is asked.
func TestConfirmSaysWhatIsNoCacheEntry(t *testing.T) {
	atEverySize(t, withSessions, func(p *player) {
		p.press("C", "down", "down", "enter").wait(time.Second).press("x", "enter")
		p.shows("localhost:6379 · db 0", "Not cache: 1,204 sessions", "That is not db0", "undo keeps at most")
	})
}

// TestConfirmSaysWhatIsLeftOver deletes the version of a memoized function: the
// question and the report say how many of its results no call can hit any more.
func TestConfirmSaysWhatIsLeftOver(t *testing.T) {
	versions := func() *fake {
		f := guideKeys().str("app.square_memver", "x", time.Hour)
		f.entries = 1204
		return f
	}
	atEverySize(t, versions, func(p *player) {
		p.press("/").typed("app.").press("enter", "d").wait(time.Second)
		p.shows("Delete 1 key?", "1,204 results (118 KB)")
	})
	playing(t, func(t *testing.T) {
		p := play(t, versions(), 120, 40, Options{})
		p.press("/").typed("app.").press("enter", "d").wait(time.Second)
		p.shows("can no longer be used, and stay until expiry").press("y").wait(time.Second)
		p.shows("deleted 1 key; 1,204 results can no longer be used")
	})
}

// TestNoConnectionTeaches says why there is none and what can be done.
func TestNoConnectionTeaches(t *testing.T) {
	for _, tt := range []struct {
		err   *inspect.ConnError
		shows []string
	}{
		{
			&inspect.ConnError{Addr: "localhost:6379", Kind: inspect.ConnRefused, Err: errors.New("connection refused"), Hint: "is it on?"},
			[]string{"connection refused", "localhost:6379: connection refused", "Is it on?", "cacheview demo"},
		},
		{&inspect.ConnError{Addr: "a:80", Kind: inspect.ConnNotRedis, Err: errors.New("invalid reply \x1b[31m")}, []string{"not a Redis server", `a:80: invalid reply \x1b[31m`, "another server"}},
		{&inspect.ConnError{Addr: "a:1", Kind: inspect.ConnNoAuth, Err: errors.New("NOAUTH the server requires a password")}, []string{"password required", "a:1: NOAUTH ", "cacheview --askpass"}},
		{&inspect.ConnError{Addr: "a:1", Kind: inspect.ConnWrongAuth, Err: errors.New("WRONGPASS")}, []string{"wrong user or password", "CACHEVIEW_PASSWORD=… cacheview"}},
	} {
		playing(t, func(t *testing.T) {
			f := newFake()
			f.down = tt.err
			play(t, f, 120, 40, Options{}).shows("No connection: ").shows(tt.shows...)
		})
	}
}

func TestEmptyDatabaseNamesItself(t *testing.T) {
	for addr, want := range map[string]string{
		"localhost:6379": "redis-cli -n 0 SET", "127.0.0.1:7000": "redis-cli -p 7000 -n 0 SET", "db.example:6379": "redis-cli -h db.example -n 0 SET", "/run/redis.sock": "redis-cli -s /run/redis.sock -n 0 SET",
	} {
		m := newModel(t.Context(), Options{})
		m.server.Addr = addr
		if got := "redis-cli " + m.cliFlags() + "SET"; got != want {
			t.Errorf("%s: %q, want %q", addr, got, want)
		}
	}
}

func TestDeleteAsksFirst(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := guideKeys()
		p := play(t, f, 80, 24, Options{})
		p.press("/").typed("homepage").press("enter", "d").shows("Delete 1 key?", "localhost:6379 · db 0")
		p.wait(time.Second).press("enter").shows("Delete 1 key?")
		if len(f.sent) != 0 {
			t.Fatalf("sent %v before the answer", f.sent)
		}
		p.press("n").shows("nothing was deleted")
		p.press("d").wait(time.Second).press("y").shows("deleted 1 key")
		if want := []string{"UNLINK homepage"}; !slices.Equal(f.sent, want) {
			t.Fatalf("sent %v, want %v", f.sent, want)
		}
		p.press("esc").hides("homepage")
		p.press("u").shows("restored 1 key", "homepage")
	})
}

func TestWholeDatabaseMustBeTyped(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := guideKeys()
		p := play(t, f, 120, 40, Options{})
		p.press("C").shows("the whole database db0").press("up", "down", "down", "down", "enter")
		p.shows("Empty the whole database?").wait(time.Second)
		p.press("y", "enter").shows("That is not db0")
		p.press("backspace").typed("db0").press("enter").wait(time.Second)
		if len(f.keys) != 0 {
			t.Fatalf("%d keys left", len(f.keys))
		}
	})
}

func TestFilterFollowsTyping(t *testing.T) {
	playing(t, func(t *testing.T) {
		p := play(t, guideKeys(), 120, 40, Options{})
		p.press("/").typed("flask").shows("prefix flask", "2 of 6").hides("homepage")
		p.typed("*5").shows("glob flask*5", "1 of 6")
		p.press("esc").shows("homepage")
	})
}

func TestTTLFalls(t *testing.T) {
	playing(t, func(t *testing.T) {
		p := play(t, guideKeys(), 120, 40, Options{})
		p.shows("30s")
		p.wait(5 * time.Second).shows("25s").hides("30s")
		p.wait(40*time.Second).hides("homepage", "gone")
	})
}

func TestNewKeysAppearByThemselves(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := guideKeys()
		p := play(t, f, 120, 40, Options{})
		f.str("fresh", "1", 0)
		p.wait(2 * time.Second).shows("fresh")
	})
}

func TestLostServerIsABanner(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := guideKeys()
		p := play(t, f, 120, 40, Options{})
		f.down = errDown
		p.wait(3*time.Second).shows("connection lost", "homepage")
		f.down = nil
		p.wait(15 * time.Second).shows("● every second").hides("connection lost")
	})
}

func TestValueFollowsTheCursorWhenItsKeyGoes(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := guideKeys()
		p := play(t, f, 120, 40, Options{})
		p.press("G").shows("─ user:1 ─")
		delete(f.keys, "user:1")
		p.wait(3*time.Second).shows("─ page:1 ─").hides("no such key", "user:1")
	})
}
