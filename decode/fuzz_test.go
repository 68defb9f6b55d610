package decode_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"cacheview/decode"
	"cacheview/decode/value"
)

// smallLimits make a decoder that ignores a limit show it.
var smallLimits = value.Limits{Depth: 50, Nodes: 5000, Memo: 5000, Text: 1 << 20, Output: 1 << 20}

// checkAny checks what holds for every input: there is a reading, its forms
// are well-formed and safe to print, and every node can be reached.
func checkAny(t *testing.T, raw []byte, opt decode.Options) decode.Result {
	t.Helper()
	opt.Limits = smallLimits
	r := decode.Decode(raw, opt)
	rendered, err := decode.AppendJSON(nil, r.Value, value.Limits{Output: 1 << 16})
	if !json.Valid(rendered) {
		t.Fatalf("not JSON (%v): %.300s", err, rendered)
	}
	requirePrintable(t, string(rendered))
	lines := decode.AppendText(nil, r.Value, decode.TextOptions{Limits: value.Limits{Output: 1 << 16}})
	for line := range strings.SplitSeq(string(lines), "\n") {
		requirePrintable(t, line)
	}
	requirePrintable(t, decode.Literal(r.Value, 60))
	if r.TrailingBytes < 0 || r.TrailingBytes > len(r.Inner) && r.Err == nil && len(r.Layers) == 1 {
		t.Errorf("%d bytes rest of %d", r.TrailingBytes, len(raw))
	}
	nodes := 0
	value.Walk(r.Value, func(p value.Path, _ value.Value) bool {
		nodes++
		return nodes < 1000 && len(p) < 60
	})
	return r
}

func FuzzDecode(f *testing.F) {
	for _, c := range corpus(f) {
		if raw := c.read(f); c.Type == "string" && len(raw) <= 400 {
			f.Add(raw)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		r := checkAny(t, raw, decode.Options{})
		if len(r.Layers) == 0 {
			t.Error("no layer")
		}
	})
}

// FuzzForced reads any bytes as any format, which must end in a value or an
// error, never in a panic.
func FuzzForced(f *testing.F) {
	formats := decode.Formats()
	for _, c := range corpus(f) {
		raw := c.read(f)
		if c.Type != "string" || len(raw) > 400 {
			continue
		}
		if i := slices.Index(formats, c.Expected.Chain[0]); i >= 0 {
			f.Add(raw, byte(i))
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte, format byte) {
		checkAny(t, raw, decode.Options{As: formats[int(format)%len(formats)]})
	})
}

// TestEveryPrefix cuts a value of every chain in the corpus at every byte.
func TestEveryPrefix(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	for _, c := range corpus(t) {
		chain := strings.Join(c.Expected.Chain, ",")
		raw := c.read(t)
		if c.Type != "string" || len(raw) > 250 || seen[chain] >= 2 {
			continue
		}
		seen[chain]++
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()
			for n := range raw {
				checkAny(t, raw[:n:n], decode.Options{Key: c.Key})
				checkAny(t, raw[:n:n], decode.Options{As: c.Expected.Chain[0]})
			}
		})
	}
}
