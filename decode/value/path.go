package value

import (
	"strconv"
	"strings"
)

// Path leads from the root of a value to one of its nodes.
type Path []Label

// String is the path for people, in printable ASCII: "[3].name",
// `["two words"]`, ".<state>.total". The root is "".
func (p Path) String() string {
	var b strings.Builder
	for _, l := range p {
		l.write(&b)
	}
	return b.String()
}

// String is the label as one step of a Path.
func (l Label) String() string {
	var b strings.Builder
	l.write(&b)
	return b.String()
}

func (l Label) write(b *strings.Builder) {
	switch l.Kind {
	case IndexLabel:
		b.WriteByte('[')
		b.WriteString(strconv.Itoa(l.Index))
		b.WriteByte(']')
	case PartLabel:
		b.WriteString(".<")
		b.WriteString(l.Part)
		b.WriteByte('>')
	case KeyLabel:
		writeKey(b, l.Key)
	}
}

func writeKey(b *strings.Builder, k Value) {
	if k.Kind() == Text && k.Tag() == "" && isName(k.Text()) {
		b.WriteByte('.')
		b.WriteString(k.Text())
		return
	}
	b.WriteByte('[')
	b.WriteString(keyText(k))
	b.WriteByte(']')
}

// keyText is a key in brackets: its literal for a scalar, its tag or kind for
// the rare key that is a container.
func keyText(k Value) string {
	switch k.Kind() {
	case Null:
		return "null"
	case Bool:
		return strconv.FormatBool(k.Bool())
	case Int:
		if n, ok := k.Int(); ok {
			return strconv.FormatInt(n, 10)
		}
		return k.Text()
	case Float:
		return strconv.FormatFloat(k.Float(), 'g', -1, 64)
	case Text:
		return strconv.QuoteToASCII(k.Text())
	case Bytes:
		return "b" + strconv.QuoteToASCII(k.Text())
	}
	if k.Tag() != "" {
		return "<" + k.Tag() + ">"
	}
	return "<" + k.Kind().String() + ">"
}

// isName reports whether s can stand after a dot without quotes.
func isName(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

// String names the kind, in the words the screens use.
func (k Kind) String() string {
	switch k {
	case Bool:
		return "bool"
	case Int:
		return "int"
	case Float:
		return "float"
	case Text:
		return "text"
	case Bytes:
		return "bytes"
	case Seq:
		return "list"
	case Map:
		return "map"
	case Object:
		return "object"
	}
	return "null"
}
