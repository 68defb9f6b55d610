package flaskcaching_test

import (
	"testing"

	"cacheview/decode/flaskcaching"
	"cacheview/decode/value"
)

func TestGuessKeywordArguments(t *testing.T) {
	t.Parallel()
	text, number := value.NewText, value.NewInt
	for _, tt := range []struct {
		name  string
		rules flaskcaching.Rules
		call  flaskcaching.Call
		words []string
		want  string // "" when it is not to be found
	}{
		{"usual name", flaskcaching.Rules{}, flaskcaching.Call{Kwargs: []flaskcaching.Arg{{Name: "page", Value: number(3)}}}, nil, "page=3"},
		{"a flag", flaskcaching.Rules{}, flaskcaching.Call{Kwargs: []flaskcaching.Arg{{Name: "q", Value: value.NewBool(true)}}}, nil, "q=True"},
		{"behind an integer", flaskcaching.Rules{}, flaskcaching.Call{
			Args: []value.Value{number(7)}, Kwargs: []flaskcaching.Arg{{Name: "unit", Value: text("cm")}},
		}, []string{"cm"}, "7, unit='cm'"},
		{
			"a name seen elsewhere",
			flaskcaching.Rules{},
			flaskcaching.Call{Kwargs: []flaskcaching.Arg{{Name: "warehouse", Value: text("north")}}},
			[]string{"warehouse", "north"},
			"warehouse='north'",
		},
		{"as Python 3.12 writes it", flaskcaching.Rules{Python312: true}, flaskcaching.Call{
			Args: []value.Value{text("north")}, Kwargs: []flaskcaching.Arg{{Name: "limit", Value: number(10)}},
		}, []string{"north"}, "'north', limit=10"},
		{"a name that nothing says", flaskcaching.Rules{}, flaskcaching.Call{Kwargs: []flaskcaching.Arg{{Name: "warehouse", Value: text("north")}}}, []string{"north"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := flaskcaching.Function{Name: "app.stock"}
			text, err := tt.rules.CallText(f, tt.call)
			if err != nil {
				t.Fatal(err)
			}
			g := flaskcaching.NewGuesser(100, tt.words...)
			g.AddTarget(tt.rules.Digest(text), flaskcaching.FunctionRef{Function: f.Name})
			var got string
			for _, found := range g.Run(t.Context()) {
				if got = found.Args; found.Text != text {
					t.Errorf("hashed %q, not %q", found.Text, text)
				}
			}
			if got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}
