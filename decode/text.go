package decode

import (
	"bytes"
	"strconv"
	"unicode/utf8"
	"unsafe"

	"cacheview/decode/value"
)

// textVerdict is how well bytes read as text.
type textVerdict uint8

const (
	notText     textVerdict = iota // not UTF-8, or mostly control characters
	controlText                    // UTF-8 with a few control characters
	cleanText                      // UTF-8; of the controls only tab, LF, CR
)

// judgeText reads raw once. Escape sequences make text suspicious, not binary:
// one control character in eight is the most that text may have, and NUL is
// none that text has. Characters that separate parts of a text may be half of
// it.
func judgeText(raw []byte) textVerdict {
	if !utf8.Valid(raw) {
		return notText
	}
	controls, separators := 0, 0
	for i, c := range raw {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0x7f {
			if c == 0 {
				return notText
			}
			controls++
			if isSeparator(raw, i) {
				separators++
			}
		}
	}
	switch {
	case controls == 0:
		return cleanText
	case controls*8 <= len(raw), separators == controls && controls*2 <= len(raw) && len(raw) >= minSeparated:
		return controlText
	}
	return notText
}

// minSeparated is the least length of a text of which more than an eighth are
// separators.
const minSeparated = 6

// isSeparator reports whether the control character at i is one that separates
// parts of a text: FS to US of ASCII, or ACK and SYN, kombu's.
func isSeparator(raw []byte, i int) bool {
	switch raw[i] {
	case 0x1c, 0x1d, 0x1e, 0x1f:
		return true
	case 0x06:
		return i+1 < len(raw) && raw[i+1] == 0x16
	case 0x16:
		return i > 0 && raw[i-1] == 0x06
	}
	return false
}

// textRows come last: they take everything.
var textRows = []row{
	{name: "text", trust: weak, sniff: sniffText, read: readText},
	{name: "binary", trust: weak, sniff: sniffBinary, read: readBinary},
}

func sniffText(in *input) (string, bool) {
	if len(in.raw) < tinyValue && hasHiddenControls(in.raw) {
		return "", false // one C1 control is two bytes, not a text
	}
	switch in.text() {
	case cleanText:
		return "valid UTF-8 without control characters", true
	case controlText:
		return "valid UTF-8 with few control characters", true
	}
	return "", false
}

func readText(in *input) reading {
	rd := reading{value: value.NewText(view(in.raw)), n: len(in.raw)}
	if !utf8.Valid(in.raw) {
		rd.value = value.NewBytes(view(in.raw))
		rd.err = &value.Error{Format: "text", Kind: value.Corrupt, Offset: validPrefix(in.raw), Detail: "not UTF-8"}
		return rd
	}
	switch {
	case in.text() != cleanText || hasHiddenControls(in.raw):
		rd.flags = []string{"control-chars"}
	case isTinyPickle(in.raw):
		rd.flags = []string{"ambiguous"}
	}
	rd.detail = markupDetail(in.raw)
	return rd
}

// hasHiddenControls reports whether UTF-8 text has controls that no byte below
// 0x80 gives away: C1, or those that reorder what follows them.
func hasHiddenControls(raw []byte) bool {
	return bytes.ContainsFunc(raw, func(r rune) bool {
		return r >= 0x80 && r <= 0x9f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
	})
}

func sniffBinary(*input) (string, bool) { return "no format explains every byte", true }

func readBinary(in *input) reading {
	return reading{value: value.NewBytes(view(in.raw)), n: len(in.raw), detail: mediaDetail(in.raw)}
}

// plainRows are the readings that cost nothing to rule out.
var plainRows = []row{
	{name: "empty", trust: certain, sniff: sniffEmpty, parse: parseEmpty},
	{name: "ascii-int", trust: weak, sniff: sniffInt, parse: parseInt},
}

func sniffEmpty(in *input) (string, bool) { return "no bytes", len(in.raw) == 0 }

func parseEmpty([]byte, value.Limits) (value.Value, int, *value.Error) {
	return value.NewText(""), 0, nil
}

// sniffInt takes integers as a counter is written: no sign but minus, no
// leading zero, so that "0042" stays the text it is.
func sniffInt(in *input) (string, bool) {
	return "decimal digits, as INCR writes them", isDecimal(in.raw)
}

// maxDigits bounds the integers that are read as such; longer ones are text.
const maxDigits = 10_000

func isDecimal(raw []byte) bool {
	digits := bytes.TrimPrefix(raw, []byte("-"))
	if len(digits) == 0 || len(digits) > maxDigits {
		return false
	}
	for _, c := range digits {
		if c < '0' || c > '9' {
			return false
		}
	}
	return digits[0] != '0' || len(raw) == 1
}

func parseInt(raw []byte, _ value.Limits) (value.Value, int, *value.Error) {
	if !isDecimal(raw) {
		return value.NewText(view(raw)), 0, &value.Error{Format: "ascii-int", Kind: value.Corrupt, Detail: "not a decimal integer"}
	}
	return ofDigits(view(raw)), len(raw), nil
}

// ofDigits is the integer written as s, which is a canonical decimal.
func ofDigits(s string) value.Value {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return value.NewInt(n)
	}
	return value.NewBigInt(s)
}

// validPrefix returns the length of the valid UTF-8 that raw starts with.
func validPrefix(raw []byte) int {
	n := 0
	for n < len(raw) {
		r, size := utf8.DecodeRune(raw[n:])
		if r == utf8.RuneError && size <= 1 {
			break
		}
		n += size
	}
	return n
}

// view is raw as a string without a copy. Decode's caller has promised that
// the bytes do not change.
func view(raw []byte) string { return unsafe.String(unsafe.SliceData(raw), len(raw)) }
