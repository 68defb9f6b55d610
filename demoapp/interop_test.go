package demoapp

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"cacheview/decode/flaskcaching"
	"cacheview/decode/value"
	"cacheview/inspect/inspecttest"
)

// python is the fixture app, running.
type python struct {
	t   *testing.T
	in  io.Writer
	out *bufio.Scanner
}

type reply struct {
	Answer string
	Ran    bool
}

// findPython returns a Python that has Flask-Caching and redis. Without one the
// test is skipped, unless CACHEVIEW_REQUIRE_REDIS is set.
func findPython(t *testing.T) string {
	t.Helper()
	const binary = "/usr/bin/python3"
	if err := exec.CommandContext(t.Context(), binary, "-c", "import flask_caching, redis").Run(); err != nil {
		if os.Getenv("CACHEVIEW_REQUIRE_REDIS") != "" {
			t.Fatal("python3 with flask_caching and redis:", err)
		}
		t.Skip("no python3 with flask_caching and redis")
	}
	return binary
}

// startPython runs the fixture app on a real server of its own, and returns a
// Go client of the same cache.
func startPython(t *testing.T) (*python, *Cache, *redis.Client) {
	t.Helper()
	binary := findPython(t)
	server := inspecttest.Start(t)
	opts, err := redis.ParseURL(server.URL(0))
	if err != nil {
		t.Fatal(err)
	}
	rdb := redis.NewClient(opts)
	t.Cleanup(func() { _ = rdb.Close() })

	cmd := exec.CommandContext(t.Context(), binary, "testdata/interop.py", server.URL(0))
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
	})
	p := &python{t, in, bufio.NewScanner(out)}
	if !p.out.Scan() || p.out.Text() != "ready" {
		t.Fatal("the fixture app did not start")
	}
	return p, NewFlaskCache(rdb, flaskcaching.Default(), nil), rdb
}

// ask sends one request: what is "call", "get" or "source".
func (p *python) ask(what, text string) reply {
	p.t.Helper()
	line, err := json.Marshal(map[string]string{what: text})
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := p.in.Write(append(line, '\n')); err != nil {
		p.t.Fatal(err)
	}
	var r reply
	if !p.out.Scan() {
		p.t.Fatalf("no answer to %s", line)
	}
	if err := json.Unmarshal(p.out.Bytes(), &r); err != nil {
		p.t.Fatal(err)
	}
	return r
}

// functions are the signatures of the fixture's functions.
func functions() map[string]flaskcaching.Function {
	required := func(names ...string) []flaskcaching.Param {
		var out []flaskcaching.Param
		for _, name := range names {
			out = append(out, flaskcaching.Param{Name: name})
		}
		return out
	}
	param := func(name string, v value.Value) flaskcaching.Param {
		return flaskcaching.Param{Name: name, Default: &v}
	}
	no, none := value.NewBool(false), value.Nil
	all := map[string]flaskcaching.Function{
		"square": {Params: required("n")},
		"report": {Params: []flaskcaching.Param{
			{Name: "city"}, param("days", value.NewInt(0)), param("full", value.NewBool(true)), param("unit", value.NewText("cm")),
		}},
		"falsy": {Params: []flaskcaching.Param{
			param("a", value.NewInt(0)), param("b", value.NewText("")), param("c", no), param("d", none),
			param("e", value.NewFloat(1.5)), param("g", value.NewSeq(value.List{}).WithTag("tuple")),
		}},
		"greet":                {Params: []flaskcaching.Param{param("name", value.NewText("world"))}},
		"anything":             {},
		"mixed":                {Params: []flaskcaching.Param{{Name: "a"}, param("b", value.NewInt(2))}},
		"nothing":              {},
		"ignoring":             {Params: append(required("a", "token"), param("b", value.NewInt(1))), Ignore: []string{"token"}},
		"renamed":              {Params: required("n"), Alias: "short"},
		"größe":                {Params: required("n")},
		"outer.<locals>.inner": {Params: required("n")},
		"<lambda>":             {Params: required("n")},
		"Basket.total":         {Params: append(required("self"), param("n", value.NewInt(1)))},
		"Basket.of":            {Params: required("cls", "n")},
		"Basket.static":        {Params: required("n")},
		"Tagged.total":         {Params: required("self", "n")},
	}
	for name, f := range all {
		f.Name = "__main__." + name
		all[name] = f
	}
	return all
}

// calls are what both sides call. Where they must be written differently, the
// second is the Go side's.
var calls = [][2]string{
	{"square(4)"},
	{"square(5)"},
	{"square(-1)"},
	{"square(0)"},
	{"square(n=6)"},
	{"square(2**80)", "square(1208925819614629174706176)"},
	{"square(True)"},
	{"square(None)"},
	{"square('4')"},
	{"square(4.0)"},
	{"square(1e16)"},
	{"square(1e-05)"},
	{"square(0.1)"},
	{"square(-0.0)"},
	{"square(123456789.125)"},
	{"square(1.7976931348623157e308)"},
	{"square('')"},
	{"square('a b')"},
	{`square("it's")`},
	{`square('say "hi"')`},
	{`square('both \' and "')`},
	{`square('back\\slash')`},
	{`square('tab\tnew\nline')`},
	{`square('\x00\x7f\x9f')`},
	{"square('Grüße 日本語')"},
	{"square('😀')"},
	{`square('\u200b\u2028\xa0\xad')`},
	{"square(b'bytes')"},
	{`square(b'\x00\xff\'')`},
	{"square(())"},
	{"square((1,))"},
	{"square((1, (2, ('x', None)), [3, {'k': (4.5,)}]))"},
	{"square([])"},
	{"square([1, 'a', None, True])"},
	{"square({})"},
	{"square({'b': 1, 'a': [1, 2]})"},
	{"square({1, 2, 3})"},
	{"square(frozenset())"},
	{"square(decimal.Decimal('1.10'))", "square(Decimal('1.10'))"},
	{"square(datetime.date(2024, 2, 29))"},
	{"square(uuid.UUID(int=5))", "square(UUID('00000000-0000-0000-0000-000000000005'))"},
	{"report('paris')"},
	{"report('paris', 3)"},
	{"report('paris', unit='m')"},
	{"report('paris', full=False)"},
	{"report('paris', full=False, days=9)"},
	{"report(city='rome')"},
	{"report(days=1, city='rome')"},
	{"report('a', 1, False, 'b')"},
	{"report('x', None, None)"},
	{"falsy()"},
	{"falsy(1)"},
	{"falsy(c=True)"},
	{"falsy(0, '', False, None, 0.0)"},
	{"falsy(g=(1,))"},
	{"greet()"},
	{"greet('ada')"},
	{"greet(loud=True)"},
	{"greet('ada', times=3, loud=True)"},
	{"greet(name='bob', times=2)"},
	{"anything()"},
	{"anything(1)"},
	{"anything(1, 2, 'three')"},
	{"anything(b=1, a=2)"},
	{"anything(1, z=None, y=[1], x='q\\'q')"},
	{"anything(größe=1, Z=2, a=3)"},
	{"mixed(1)"},
	{"mixed(1, 5)"},
	{"mixed(1, 5, 6, 7)"},
	{"mixed(1, c=9)"},
	{"mixed(1, d=9, c=8)"},
	{"mixed(a=1, b=3, x='y')"},
	{"mixed(1, 5, 6, q=(1,))"},
	{"nothing()"},
	{"ignoring(1, 'secret')"},
	{"ignoring(2, token='other')"},
	{"ignoring(3, 'x', 4)"},
	{"ignoring(a=5, token='t', b=0)"},
	{"renamed(4)"},
	{"größe(4)"},
	{"größe('ß')"},
	{"inner(4)", "outer.<locals>.inner(4)"},
	{"anonymous(4)", "<lambda>(4)"},
	{"Basket(7).total(2)", "Basket.total(Basket(7), 2)"},
	{"Basket(7).total()", "Basket.total(Basket(7))"},
	{"Basket(8).total(n=2)", "Basket.total(Basket(8), n=2)"},
	{"Basket.of(3)", "Basket.of(<class '__main__.Basket'>, 3)"},
	{"Basket.static(3)"},
	{"Basket.static(n='x')"},
	{"Tagged(1).total(2)", "Tagged.total(<tagged-1>, 2)"},
}

// memoize makes the Go side's call.
func memoize(t *testing.T, c *Cache, call [2]string, compute Compute) Result {
	t.Helper()
	text := call[1]
	if text == "" {
		text = call[0]
	}
	typed, err := flaskcaching.ParseInput(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	f, ok := functions()[typed.Function]
	if !ok {
		t.Fatalf("%s: no such function", text)
	}
	if typed.Function == "Tagged.total" { // an identity that is no repr
		typed.Call.Args[0] = flaskcaching.Repr("tagged-1")
	}
	a, err := c.Memoize(t.Context(), f, typed.Call, time.Minute, compute)
	if err != nil || a.Err != nil {
		t.Fatalf("%s: %v, %v", text, err, a.Err)
	}
	return a
}

func TestGoIsServedWhatPythonStored(t *testing.T) {
	t.Parallel()
	p, cache, rdb := startPython(t)
	keys := map[string]string{}
	for _, call := range calls {
		stored := p.ask("call", call[0])
		if !stored.Ran {
			t.Errorf("%s: Python was served before it stored", call[0])
		}
		a := memoize(t, cache, call, give("computed in Go"))
		if a.Origin != Hit || a.Value.Text() != stored.Answer {
			t.Errorf("%s: Go had a %s: %q, want %q", call[0], a.Origin, a.Value.Text(), stored.Answer)
		}
		if other, ok := keys[a.Key]; ok {
			t.Errorf("%s and %s have one key", call[0], other)
		}
		keys[a.Key] = call[0]
		raw, err := rdb.Get(t.Context(), a.Key).Bytes()
		want, _ := flaskcaching.Serializer{}.Dump(value.NewText(stored.Answer))
		if err != nil || string(raw) != string(want) {
			t.Errorf("%s: Redis holds %q, Go would write %q", call[0], raw, want)
		}
	}
	if len(keys) < 60 {
		t.Errorf("only %d distinct calls", len(keys))
	}
	t.Logf("%d distinct calls", len(keys))
}

func TestPythonIsServedWhatGoStored(t *testing.T) {
	t.Parallel()
	p, cache, _ := startPython(t)
	for _, call := range calls {
		if a := memoize(t, cache, call, give("computed in Go for "+call[0])); a.Origin != Miss {
			t.Errorf("%s: %s", call[0], a.Origin)
		}
		if r := p.ask("call", call[0]); r.Ran || r.Answer != "computed in Go for "+call[0] {
			t.Errorf("%s: Python ran %v and answered %q", call[0], r.Ran, r.Answer)
		}
	}
}

func TestViewsAreShared(t *testing.T) {
	t.Parallel()
	p, cache, rdb := startPython(t)
	source := func(name string) flaskcaching.Rules {
		r := flaskcaching.Default()
		r.Source = p.ask("source", name).Answer
		return r
	}
	r := flaskcaching.Default()
	query := func(s string) []flaskcaching.Arg {
		typed, err := flaskcaching.ParseInput("/search?" + s)
		if err != nil {
			t.Fatal(err)
		}
		return typed.Query
	}
	tests := []struct {
		request string
		key     []byte
	}{
		{"/page", r.View("/page")},
		{"/page/a%20b%C3%A9", r.View("/page/a bé")},
		{"/home", r.Named("homepage", "/home")},
		{"/v2/x", r.Named("v2:%s", "/v2/x")},
		{"/search", r.Query("/search", nil)},
		{"/search?a=1", r.Query("/search", query("a=1"))},
		{"/search?b=2&a=1&a=0&e=%C3%A9+%27", r.Query("/search", query("e=é+'&a=1&b=2&a=0"))},
		{"/search?empty=&x", r.Query("/search", query("x&empty="))},
		{"/checked", source("checked_page").View("/checked")},
	}
	for _, tt := range tests {
		stored := p.ask("get", tt.request)
		name := string(tt.key[len(flaskcaching.DefaultPrefix):])
		a, err := cache.Cached(t.Context(), name, time.Minute, give("computed in Go"))
		if err != nil || a.Origin != Hit || a.Value.Text() != stored.Answer {
			t.Errorf("%s: Go had a %s under %s: %q, %v", tt.request, a.Origin, tt.key, a.Value.Text(), err)
		}
		if err := rdb.Del(t.Context(), string(tt.key)).Err(); err != nil {
			t.Fatal(err)
		}
		if _, err := cache.Cached(t.Context(), name, time.Minute, give("from Go")); err != nil {
			t.Fatal(err)
		}
		if got := p.ask("get", tt.request); got.Ran || got.Answer != "from Go" {
			t.Errorf("%s: Python ran %v and answered %q", tt.request, got.Ran, got.Answer)
		}
	}
	checked := NewFlaskCache(rdb, source("checked"), nil)
	f := flaskcaching.Function{Name: "__main__.checked", Params: []flaskcaching.Param{{Name: "n"}}}
	p.ask("call", "checked(4)")
	if a, err := checked.Memoize(t.Context(), f, flaskcaching.Call{Args: []value.Value{value.NewInt(4)}}, time.Minute, give("")); err != nil || a.Origin != Hit {
		t.Errorf("source_check: %s, %v", a.Origin, err)
	}
}

// TestForgettingIsShared deletes in every way on either side, and looks from
// both sides at what is left.
func TestForgettingIsShared(t *testing.T) {
	t.Parallel()
	p, cache, rdb := startPython(t)
	fs := functions()
	basket := flaskcaching.Repr("Basket(7)")
	args := func(args ...value.Value) *flaskcaching.Call { return &flaskcaching.Call{Args: args} }
	four := value.NewInt(4)
	probes := [][2]string{
		{"square(4)"},
		{"square(5)"},
		{"Basket(7).total(1)", "Basket.total(Basket(7), 1)"},
		{"Basket(7).total(2)", "Basket.total(Basket(7), 2)"},
		{"Basket(8).total(1)", "Basket.total(Basket(8), 1)"},
	}
	tests := []struct {
		name   string
		python string
		golang func() error
		left   string // which probes are still served, in order; then the home page
	}{
		{"nothing", "None", func() error { return nil }, "111111"},
		{"one call", "cache.delete_memoized(square, 4)", func() error { return cache.DeleteMemoized(t.Context(), fs["square"], args(four)) }, "011111"},
		{"a function", "cache.delete_memoized(square)", func() error { return cache.DeleteMemoized(t.Context(), fs["square"], nil) }, "001111"},
		{
			"one call of a method", "cache.delete_memoized(Basket.total, Basket(7), 2)",
			func() error {
				return cache.DeleteMemoized(t.Context(), fs["Basket.total"], args(basket, value.NewInt(2)))
			}, "111011",
		},
		{
			"an instance", "cache.delete_memoized(Basket(7).total)",
			func() error { return cache.DeleteMemoized(t.Context(), fs["Basket.total"], args(basket)) }, "110011",
		},
		{
			"a method", "cache.delete_memoized(Basket.total)",
			func() error { return cache.DeleteMemoized(t.Context(), fs["Basket.total"], nil) }, "110001",
		},
		{
			"a view", "cache.delete('homepage')",
			func() error { _, err := cache.Delete(t.Context(), "homepage"); return err }, "111110",
		},
		{"everything", "cache.clear()", func() error { _, err := cache.Clear(t.Context()); return err }, "000000"},
	}
	bit := map[bool]string{true: "1", false: "0"}
	for _, tt := range tests {
		for _, side := range []string{"python", "go"} {
			for _, call := range probes {
				memoize(t, cache, call, give("kept"))
			}
			p.ask("get", "/home")
			if err := rdb.Set(t.Context(), "other:key", "x", 0).Err(); err != nil {
				t.Fatal(err)
			}
			if side == "python" {
				p.ask("call", tt.python)
			} else if err := tt.golang(); err != nil {
				t.Fatal(err)
			}
			var fromPython, fromGo string
			for _, call := range probes { // Go looks with a compute that stores the same
				a := memoize(t, cache, call, give("kept"))
				fromGo += bit[a.Origin == Hit]
			}
			// Python looks after all is forgotten in the same way once more.
			if side == "python" {
				p.ask("call", tt.python)
			} else if err := tt.golang(); err != nil {
				t.Fatal(err)
			}
			for _, call := range probes {
				fromPython += bit[!p.ask("call", call[0]).Ran]
			}
			home := p.ask("get", "/home")
			fromPython += bit[!home.Ran]
			if fromPython != tt.left || fromGo != tt.left[:len(probes)] {
				t.Errorf("%s, in %s: Python is served %s, Go %s, want %s", tt.name, side, fromPython, fromGo, tt.left)
			}
			if n := rdb.Exists(t.Context(), "other:key").Val(); n != 1 {
				t.Errorf("%s, in %s: a foreign key is gone", tt.name, side)
			}
			if _, err := cache.Clear(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
}
