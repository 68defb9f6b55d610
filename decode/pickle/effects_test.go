package pickle_test

import (
	"slices"
	"strings"
	"testing"

	"cacheview/decode/pickle"
	"cacheview/decode/value"
)

// usesOf is "call os.system!" and the like, ! for what is unsafe.
func usesOf(data string) []string {
	var out []string
	for _, u := range pickle.Decode([]byte(data), value.Limits{}).Effects() {
		s := map[pickle.EffectKind]string{pickle.Constructs: "construct ", pickle.Calls: "call ", pickle.Changes: "change "}[u.How] + u.Name
		if u.Unsafe {
			s += "!"
		}
		out = append(out, s)
	}
	return out
}

func TestUses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, data string
		want       []string
	}{
		{"plain", "(lp0\nI1\na.", nil},
		{"plain constructor", "cdecimal\nDecimal\n(V1.5\ntR.", nil},
		{"Python 2 names of plain constructors", "c__builtin__\nset\n((lp0\ntR.", nil},
		{"only named", "cshop\nCart\n.", nil},
		{"dangerous", "cos\nsystem\n(Vid\ntR.", []string{"call os.system!"}},
		{"unknown function", "cshop\nload\n(tR.", []string{"call shop.load"}},
		{"a class by NEWOBJ", "\x80\x02cshop\nCart\n)\x81.", []string{"construct shop.Cart"}},
		{"a class of protocol 0", "ccopy_reg\n_reconstructor\n(cshop\nCart\nc__builtin__\nlist\n(lp0\ntR.", []string{"construct shop.Cart"}},
		{"an old class, bare", "(ishop\nCart\n.", []string{"construct shop.Cart"}},
		{"an old class with arguments is called", "(I1\nishop\nCart\n.", []string{"call shop.Cart"}},
		{"each once, in order", "(cb\nf\n(tRca\ng\n(tRcb\nf\n(tRt.", []string{"call b.f", "call a.g"}},
		{"a result that is thrown away", "cshop\nload\n(tR0N.", []string{"call shop.load"}},
		{"before the pickle breaks off", "cshop\nload\n(tR", []string{"call shop.load"}},
		{"attributes set on a module's class", "cshop\nCart\n}Vx\nI1\nsb.", []string{"change shop.Cart"}},
		{"a plain class that is changed", "cdecimal\nDecimal\n}Vx\nI1\nsb.", []string{"change decimal.Decimal"}},
		{"the result of a call", "cshop\nmake\n(tR(tR.", []string{"call shop.make", "call "}},
		{"a nested class by getattr", "c__builtin__\ngetattr\n(cshop\nOuter\nVInner\ntR(tR.", []string{"call shop.Outer.Inner"}},
		{"a dunder by getattr", "c__builtin__\ngetattr\n(VA\nV__class__\ntR.", []string{"call builtins.getattr!"}},
		{"iter that calls", "c__builtin__\niter\n(cshop\nf\nI0\ntR.", []string{"call builtins.iter"}},
		{"iter after a harmless one", "(c__builtin__\niter\np0\n((lp1\ntRg0\n(cshop\nf\nI0\ntRt.", []string{"call builtins.iter"}},
		{"a method of a plain class", "cdecimal\nDecimal.from_float\n(F1.5\ntR.", []string{"call decimal.Decimal.from_float"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := usesOf(tt.data); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// What frameworks wrote as plain data has no use but of the classes of the
// application that wrote it, and what is unsafe in it is what Flags says.
func TestUsesOfTheCorpus(t *testing.T) {
	t.Parallel()
	own := []string{"shop", "__main__", "sqlalchemy.", "dill.", "joblib.", "sklearn.", "functools.partial", "operator.itemgetter", "builtins.type"}
	pickleCases(t, func(c corpusCase, data []byte) {
		for _, u := range pickle.Decode(data, value.Limits{}).Effects() {
			flagged := slices.ContainsFunc(c.Expected.Flags, func(f string) bool {
				return f == "unsafe-global:"+u.Name || f == "discarded-call"
			})
			if u.Unsafe && c.Expected.Error == nil && !slices.Contains(c.Expected.Flags, "unsafe-global:"+u.Name) {
				t.Errorf("%s: %s is unsafe, flags %q", c.ID, u.Name, c.Expected.Flags)
			}
			if !u.Unsafe && !flagged && u.Name != "" && !slices.ContainsFunc(own, func(p string) bool { return strings.HasPrefix(u.Name, p) }) {
				t.Errorf("%s: %s is not in the list of plain data", c.ID, u.Name)
			}
		}
	})
}
