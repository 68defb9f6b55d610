package decode_test

import (
	"strings"
	"testing"

	"cacheview/decode"
	"cacheview/decode/value"
)

func viewLine(t *testing.T, r decode.Result) string {
	t.Helper()
	v, ok := r.View()
	if !ok {
		return ""
	}
	out, err := decode.AppendView(nil, v, value.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// TestGeo_ScoresOfGEOADDArePlaces has scores that GEOADD made, and whole numbers
// as large that are something else.
func TestGeo_ScoresOfGEOADDArePlaces(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		scores []float64
		as     string
		geo    bool
	}{
		{"Palermo and Catania", []float64{3479099956230698, 3479447370796909}, "", true},
		{"counts", []float64{1, 2}, "", false},
		{"times in milliseconds", []float64{1717171717171, 1717171717999}, "", false},
		{"times in microseconds", []float64{1717171717171717, 1717171717999999}, "", false},
		{"priorities of BullMQ", []float64{1717171717171 * 4096, 1717171717999 * 4096}, "", false},
		{"one score that is no place", []float64{3479099956230698, 1.5}, "", false},
		{"asked for", []float64{1717171717171717, 1717171717999999}, "geo", true},
	} {
		members := make([]decode.Member, len(tt.scores))
		for i, s := range tt.scores {
			members[i] = decode.Member{Value: []byte{'a' + byte(i)}, Score: s}
		}
		got := viewLine(t, decode.DecodeMembers("zset", members, decode.Options{As: tt.as}))
		if strings.Contains(got, "longitude") != tt.geo {
			t.Errorf("%s: view %s", tt.name, got)
		}
		if tt.name == "Palermo and Catania" && !strings.Contains(got, `["a",13.361389,38.115556]`) {
			t.Errorf("%s: %s", tt.name, got)
		}
	}
}

// TestHyperLogLog_CountIsPFCOUNTs has a sketch of three members whose count
// Redis has not kept.
func TestHyperLogLog_CountIsPFCOUNTs(t *testing.T) {
	t.Parallel()
	sketch := "HYLL\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x80\x60\xf3\x80\x50\xb1\x84\x4b\xfb\x80\x42\x5a"
	r := decode.Decode([]byte(sketch), decode.Options{})
	if got := viewLine(t, r); got != `{"kind":"text","text":"3"}` || r.Value.Kind() != value.Bytes {
		t.Errorf("view %s", got)
	}
	if got := viewLine(t, decode.Decode([]byte(sketch[:len(sketch)-1]), decode.Options{})); got != "" {
		t.Errorf("a sketch that is cut off has the view %s", got)
	}
}

func TestBits_NumbersOfSetBits(t *testing.T) {
	t.Parallel()
	raw := make([]byte, 5000)
	raw[0], raw[12], raw[4999] = 0x81, 0x08, 1
	r := decode.Decode(raw, decode.Options{As: "bits"})
	if got := decode.Literal(r.Value, 100); got != "[0, 7, 100, 39999]" {
		t.Errorf("bits %s", got)
	}
}
