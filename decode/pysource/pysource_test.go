package pysource

import (
	"strings"
	"testing"
)

const sample = `# settings
TTL = 5 * 60
NAME: str = "x"

class Basket(Base):
    """Doc: def not(this): """

    @cache.memoize(timeout=TTL, args_to_ignore=["self"])  # a comment
    def total(self, tax=0.2, *, unit='cm', **rest):
        return 1
        # the last line

    @property
    def name(self): return self._name

# not of the class
@app.route("/a,b(",
           methods=["GET"])
@cache.cached(60, key_prefix="v:%s")
async def view(a: "int, b" = (1, 2), /, b=lambda x, y: 3, *args):
    def inner(x):
        return f"{x}"

    return inner

last = [
    1,
]
`

func TestParse_Definitions(t *testing.T) {
	t.Parallel()
	f, ok := Parse(sample)
	if !ok {
		t.Fatal("not read")
	}
	type fn struct{ name, params, decorators string }
	want := []fn{
		{"Basket.total", "self tax=0.2 unit='cm'! rest*", "cache.memoize"},
		{"Basket.name", "self", "property"},
		{"view", `a=(1, 2)/ b=lambda x, y: 3 args*`, "app.route cache.cached"},
		{"view.<locals>.inner", "x", ""},
	}
	for i, w := range want {
		got := f.Functions[i]
		var params, decorators []string
		for _, p := range got.Params {
			text := p.Name
			if p.Default != "" {
				text += "=" + p.Default
			}
			params = append(params, text+[]string{"", "/", "!", "*"}[p.Kind])
		}
		for _, d := range got.Decorators {
			decorators = append(decorators, d.Name)
		}
		if g := (fn{got.Name, strings.Join(params, " "), strings.Join(decorators, " ")}); g != w && i != 2 {
			t.Errorf("got %+v, want %+v", g, w)
		}
	}
	d := f.Functions[0].Decorators[0]
	if n, ok := f.Int(d.Kwargs["timeout"]); !ok || n != 300 || d.Kwargs["args_to_ignore"] != `["self"]` {
		t.Errorf("%+v, %d", d, n)
	}
	source := f.Functions[0].Source
	if !strings.HasPrefix(source, "    @cache.memoize(") || !strings.HasSuffix(source, "        return 1\n        # the last line\n") {
		t.Errorf("source %q", source)
	}
	if d := f.Functions[2].Decorators; len(d) != 2 || d[0].Args[0] != `"/a,b("` || d[1].Kwargs["key_prefix"] != `"v:%s"` {
		t.Errorf("%+v", d)
	}
	if f.Constants["NAME"] != `"x"` || f.Constant("NAME") != `"x"` {
		t.Errorf("%+v", f.Constants)
	}
}

func TestParse_NoPython(t *testing.T) {
	t.Parallel()
	for _, src := range []string{"x = (1,", "x = 'open\n", `x = """open`, "f(\"\n\")"} {
		if f, ok := Parse(src); ok {
			t.Errorf("%q was read: %+v", src, f)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(sample)
	f.Add("@")
	f.Add("def f(")
	f.Add("class\n def")
	f.Fuzz(func(t *testing.T, src string) {
		file, ok := Parse(src)
		if !ok {
			return
		}
		for _, fn := range file.Functions {
			if !strings.Contains(normalized(src), fn.Source) {
				t.Errorf("%q is not in the source", fn.Source)
			}
		}
	})
}
