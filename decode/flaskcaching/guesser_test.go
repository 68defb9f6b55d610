package flaskcaching

import (
	"context"
	"testing"
	"time"
)

func TestGuesserFindsManyAtOnce(t *testing.T) {
	t.Parallel()
	square, pay := FunctionRef{Function: "app.square"}, FunctionRef{Function: "app.pay"}
	basket, maker := FunctionRef{"app.Basket.total", "<Basket 7>"}, FunctionRef{Function: "app.Basket.make"}
	tests := []struct {
		text, args string
		owner      FunctionRef
		rules      Rules
		found      bool
	}{
		{"app.square(9999,)OrderedDict()", "9999", square, Rules{}, true},
		{"app.square('12',)OrderedDict()", "'12'", square, Rules{}, true},
		{"app.square(10001,)OrderedDict()", "", square, Rules{}, false},
		{"app.square('Ulm', None)OrderedDict()", "'Ulm', None", square, Rules{}, true},
		{"app.square(1.5,)OrderedDict()", "1.5", square, Rules{}, true},
		{"app.pay(3, 'eur')OrderedDict()", "3, 'eur'", pay, Rules{Next: true}, true},
		// Only what the call before has taught leads to these.
		{"app.pay(7777, 'eur')OrderedDict()", "7777, 'eur'", pay, Rules{Next: true}, true},
		{"app.pay(7777, 'Ulm')OrderedDict()", "7777, 'Ulm'", pay, Rules{Next: true}, true},
		{"app.Basket.total('<Basket 7>', 2)OrderedDict()", "'<Basket 7>', 2", basket, Rules{}, true},
		{"app.Basket.total('<Basket 7>',)OrderedDict()", "'<Basket 7>'", basket, Rules{}, true},
		{`app.Basket.make("<class 'app.Basket'>", 3)OrderedDict()`, `"<class 'app.Basket'>", 3`, maker, Rules{}, true},
		{"app.square(8,)OrderedDict()", "8", FunctionRef{}, Rules{}, true}, // an orphan's
		{"app.gone(8,)OrderedDict()", "", FunctionRef{}, Rules{}, false},
	}
	g := NewGuesser(10_000, "eur", "Ulm", "1.5")
	for _, tt := range tests {
		g.AddTarget(tt.rules.Digest(tt.text), tt.owner)
	}
	g.AddTarget("not a digest", square)
	found := map[string]GuessedCall{}
	for _, c := range g.Run(t.Context()) {
		found[c.Text] = c
	}
	left := 0
	for _, tt := range tests {
		c, ok := found[tt.text]
		if ok != tt.found || c.Args != tt.args {
			t.Errorf("%s: got %q, %v", tt.text, c.Args, ok)
		}
		if ok && c.Digest != tt.rules.Digest(tt.text) {
			t.Errorf("%s: digest %s", tt.text, c.Digest)
		}
		if !tt.found {
			left++
		}
	}
	if g.Remaining() != left {
		t.Errorf("%d are left, want %d", g.Remaining(), left)
	}

	g.SetWords([]string{"secret"})
	g.AddTarget(Rules{}.Digest("app.square('secret',)OrderedDict()"), square)
	if again := g.Run(t.Context()); len(again) != 1 || again[0].Args != "'secret'" {
		t.Errorf("after a word was learned: %+v", again)
	}
}

func TestGuesserTriesTheWordsOfAValue(t *testing.T) {
	t.Parallel()
	g := NewGuesser(10)
	o := FunctionRef{Function: "app.f"}
	mine, other := Rules{}.Digest("app.f('x1', 400)OrderedDict()"), Rules{}.Digest("app.f('x2',)OrderedDict()")
	g.AddTarget(mine, o)
	g.AddTarget(other, FunctionRef{})
	g.TryWords(t.Context(), mine, o, []string{"x1", "400"})
	g.TryWords(t.Context(), other, FunctionRef{}, []string{"x2"})
	if found := g.Run(t.Context()); len(found) != 2 {
		t.Errorf("found %+v", found)
	}
}

func TestGuesserStopsInTime(t *testing.T) {
	t.Parallel()
	g := NewGuesser(10_000)
	for i := range 500 {
		g.AddTarget(Rules{}.Digest("hopeless"+string(rune('a'+i))), FunctionRef{"app.C.f", "<C " + string(rune('a'+i)) + ">"})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	start := time.Now()
	if found := g.Run(ctx); len(found) != 0 {
		t.Errorf("found %+v", found)
	}
	if took := time.Since(start); took > time.Second {
		t.Errorf("it took %v to stop", took)
	}
}

func BenchmarkGuesser(b *testing.B) {
	for b.Loop() {
		g := NewGuesser(10_000)
		g.AddTarget(Rules{}.Digest("hopeless"), FunctionRef{Function: "app.square"})
		g.Run(b.Context())
	}
}
