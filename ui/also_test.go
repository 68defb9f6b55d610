package ui

import (
	"testing"

	"cacheview/inspect"
	"cacheview/inspect/keyspace"
)

// TestAlso_RunnerUpIsOneKeyAway shows a value that two formats read alike, and
// switches to the other one.
func TestAlso_RunnerUpIsOneKeyAway(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := newFake().str("a", "\x83\x01\x02\x03", 0).str("b", "plain text", 0)
		p := play(t, f, 120, 40, Options{})
		p.press("g", "tab").shows("CBOR › list · or binary (V)")
		p.press("V").shows("fits, too").press("enter").shows("read as binary, chosen by hand").hides("or binary (V)")
		p.press("tab", "j").shows("plain text").hides("(V)")
	})
}

// TestAlso_DoubtAtTheMember marks the members that are ambiguous, and no other.
func TestAlso_DoubtAtTheMember(t *testing.T) {
	playing(t, func(t *testing.T) {
		rows := []inspect.Member{{Field: []byte("sure"), Value: []byte("text")}, {Field: []byte("unsure"), Value: []byte("\x83\x01\x02\x03")}}
		f := newFake().put("h", inspect.ValueWindow{Type: keyspace.Hash, Rows: rows, Total: 2}, 0)
		p := play(t, f, 120, 40, Options{})
		p.press("g", "tab").shows("3 items (?)", "1 member marked (?)").hides("text (?)", `"text" (?)`)
	})
}
