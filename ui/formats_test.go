package ui

import (
	"slices"
	"testing"

	"cacheview/inspect"
	"cacheview/inspect/keyspace"
)

// pickles are one value that is dangerous to load, one of an application's own
// classes, and one of plain data.
func pickles() *fake {
	return newFake().
		str("a:danger", "cos\nsystem\n(Vid\ntR.", 0).
		str("b:own", "\x80\x02cshop\nCart\n)\x81cshop\nprice_of\n(I4\ntR\x86.", 0).
		str("c:plain", "cdecimal\nDecimal\n(V1.5\ntR.", 0)
}

func TestWhatLoadingWouldDo(t *testing.T) {
	for _, tt := range []struct {
		name  string
		down  int
		shows string
		hides []string
	}{
		{"danger", 0, "would call os.system", nil},
		{"own classes", 1, "would call shop.price_of; construct shop.Cart", []string{" ! "}},
		{"plain data", 2, "1.5", []string{" ! ", "would"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			playing(t, func(t *testing.T) {
				p := play(t, pickles(), 120, 40, Options{})
				p.press("t", "g")
				for range tt.down {
					p.press("j")
				}
				p.shows(tt.shows).hides(tt.hides...)
			})
		})
	}
}

func TestFormatByHand(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := newFake().str("a", "12345", 0).str("b", `{"x":1}`, 0)
		p := play(t, f, 120, 40, Options{})
		p.press("g", "tab").shows("ASCII integer")
		p.press("V").shows("Decode as", "auto-detect").typed("gz").shows("gzip").press("enter")
		p.shows("read as gzip, chosen by hand", "does not fit: gzip: ", "at byte 5")
		p.press("V").typed("text").press("enter").shows("read as text, chosen by hand").hides("does not fit")
		p.press("tab", "r").shows("read as text, chosen by hand") // the same key, read again
		p.press("j").shows("JSON").hides("chosen by hand")
		p.press("k").shows("ASCII integer").hides("chosen by hand")
		p.press("tab", "V").typed("text").press("enter").shows("chosen by hand")
		p.press("V").typed("auto").press("enter").shows("ASCII integer").hides("chosen by hand")
		p.press("V").typed("nonsense").shows("no format is called that").press("enter", "esc").shows("ASCII integer")
	})
}

func TestFormatOfMembersByHand(t *testing.T) {
	playing(t, func(t *testing.T) {
		rows := []inspect.Member{{Value: []byte("[1]")}, {Value: []byte("zz")}}
		f := newFake().put("l", inspect.ValueWindow{Type: keyspace.List, Rows: rows, Total: 2}, 0)
		p := play(t, f, 120, 40, Options{})
		p.press("g", "tab").shows("zz").hides("[1]")
		p.press("V").typed("text").press("enter").shows("read as text, chosen by hand", "[1]")
		p.press("V").typed("json").press("enter").shows("read as json, chosen by hand", "a member does not fit: json: ")
	})
}

func TestFormatChoices(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		typed string
		want  []string
	}{
		{"zlib,json", []string{"zlib,json"}},
		{"MSGPACK", []string{"msgpack"}},
		{"qqq", nil},
		{"zlib,qqq", nil},
	} {
		t.Run(tt.typed, func(t *testing.T) {
			t.Parallel()
			d := formatDialog{typed: tt.typed}
			if got := d.choices(); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	if got := (&formatDialog{}).choices(); got[0] != automatic || len(got) < 30 {
		t.Errorf("%d choices from %q", len(got), got[0])
	}
}
