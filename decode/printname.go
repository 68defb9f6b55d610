package decode

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The printed form of a key's name is one line of text that is safe on a
// terminal and stands for exactly one name: [ParseName] of what [PrintableName]
// returns is the name, byte for byte.
//
// It is [Printable] with these additions: a backslash is \\, a space at either
// end is \x20, a hyphen at the beginning is \x2d (so that no name is taken for a
// flag, or for the "-" that stands for the standard input), and the empty name
// is "". A name that consists of two quotes is therefore \x22".

const (
	emptyName   = `""`
	quotedEmpty = `\x22"`
)

// PrintableName returns the printed form of a key's name.
func PrintableName(name []byte) string {
	s := view(name)
	switch {
	case s == "":
		return emptyName
	case s == emptyName:
		return quotedEmpty
	case isPlainName(s):
		return string(name)
	}
	return string(appendName(make([]byte, 0, len(s)+16), s))
}

// isPlainName reports whether a name is its own printed form, as far as that is
// quick to see.
func isPlainName(s string) bool {
	return cleanPrefix(s) == len(s) && strings.IndexByte(s, '\\') < 0 && s[0] != '-' && s[0] != ' ' && s[len(s)-1] != ' '
}

// appendName appends the printed form of a name that is neither empty nor two
// quotes.
func appendName(dst []byte, s string) []byte {
	end := len(strings.TrimRight(s, " "))
	switch {
	case s[0] == '-':
		dst, s, end = append(dst, `\x2d`...), s[1:], max(end-1, 0)
	case s[0] == ' ':
		dst, s, end = append(dst, `\x20`...), s[1:], max(end-1, 0)
	}
	if n := len(s); end < n {
		dst = appendPrintable(dst, s[:end], '\\')
		if end < n-1 {
			dst = append(dst, s[end:n-1]...)
		}
		return append(dst, `\x20`...)
	}
	return appendPrintable(dst, s, '\\')
}

// PrintableNamePart returns a part of a name as it stands in the printed form of
// the whole. last says that the name ends here.
func PrintableNamePart(part []byte, last bool) string {
	s := view(part)
	if last && strings.HasSuffix(s, " ") {
		return string(append(appendPrintable(nil, s[:len(s)-1], '\\'), `\x20`...))
	}
	if cleanPrefix(s) == len(s) && strings.IndexByte(s, '\\') < 0 {
		return string(part)
	}
	return string(appendPrintable(make([]byte, 0, len(s)+16), s, '\\'))
}

// errEscape lists the escapes of the printed form.
var errEscape = errors.New(`a backslash is \\; the other escapes are \n, \r, \t, \xHH, \uHHHH and \UHHHHHHHH`)

// ParseName returns the bytes of a name in the printed form. The printed form
// may be relaxed: what needs no escape for its own sake may stand as it is.
func ParseName(text string) ([]byte, error) {
	if text == emptyName {
		return []byte{}, nil
	}
	at := strings.IndexByte(text, '\\')
	if at < 0 {
		return []byte(text), nil
	}
	name := make([]byte, 0, len(text))
	for at >= 0 {
		name = append(name, text[:at]...)
		n, err := unescape(&name, text[at:])
		if err != nil {
			return nil, err
		}
		text = text[at+n:]
		at = strings.IndexByte(text, '\\')
	}
	return append(name, text...), nil
}

// unescape appends what the escape at the beginning of s stands for, and returns
// its length.
func unescape(name *[]byte, s string) (int, error) {
	if len(s) < 2 {
		return 0, errEscape
	}
	digits := 0
	switch s[1] {
	case '\\':
		*name = append(*name, '\\')
		return 2, nil
	case 'n':
		*name = append(*name, '\n')
		return 2, nil
	case 'r':
		*name = append(*name, '\r')
		return 2, nil
	case 't':
		*name = append(*name, '\t')
		return 2, nil
	case 'x':
		digits = 2
	case 'u':
		digits = 4
	case 'U':
		digits = 8
	default:
		_, size := utf8.DecodeRuneInString(s[1:])
		return 0, fmt.Errorf("%s is no escape: %w", Printable(s[:1+size]), errEscape)
	}
	if len(s) < 2+digits {
		return 0, fmt.Errorf("%s is cut short: %w", Printable(s), errEscape)
	}
	n, err := strconv.ParseUint(s[2:2+digits], 16, 32)
	if err != nil || digits > 2 && !utf8.ValidRune(rune(n)) {
		return 0, fmt.Errorf("%s is no escape: %w", Printable(s[:2+digits]), errEscape)
	}
	if digits == 2 {
		*name = append(*name, byte(n))
	} else {
		*name = utf8.AppendRune(*name, rune(n))
	}
	return 2 + digits, nil
}
