package hostile

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"cacheview/decode"
)

// SGR is the sequence that chooses colours and weight, the only one that text
// may have in it.
const SGR = `\x1b\[[0-9;:]*m`

// Check reads what was written to a terminal and returns an error that quotes
// the first part which may not be there. Allowed are text that
// decode.Printable leaves alone, the control characters in controls, and the
// escape sequences that match allowed as a whole.
func Check(stream, controls string, allowed *regexp.Regexp) error {
	var state byte
	text := 0 // where the text begins that seq goes on with
	for at := 0; at < len(stream); {
		seq, width, n, next := ansi.DecodeSequence(stream[at:], state, nil)
		escape := seq[0] == 0x1b
		if control := width == 0 && strings.Contains(controls, seq); escape || control {
			// A mark is judged with the letter that it stands on.
			if err := printable(stream, text, at); err != nil {
				return err
			}
			text = at + n
		}
		if loc := allowed.FindStringIndex(seq); escape && (loc == nil || loc[0] != 0 || loc[1] != len(seq)) {
			return fmt.Errorf("%q at byte %d of %q", seq, at, around(stream, at))
		}
		at, state = at+n, next
	}
	return printable(stream, text, len(stream))
}

func printable(stream string, from, to int) error {
	if text := stream[from:to]; decode.Printable(text) != text {
		return fmt.Errorf("%q at byte %d of %q", text, from, around(stream, from))
	}
	return nil
}

// around is a little of the stream on both sides of a place.
func around(s string, at int) string {
	return s[max(at-40, 0):min(at+40, len(s))]
}
