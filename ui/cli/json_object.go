package cli

import (
	"encoding/base64"
	"strconv"
	"strings"
	"unicode/utf8"

	"cacheview/decode"
	"cacheview/decode/value"
)

// object builds one JSON object on one line, its members in the order of the
// calls. Text is escaped so that the line is safe to print on a terminal.
type object struct{ b []byte }

func (o *object) name(name string) {
	if len(o.b) == 0 {
		o.b = append(o.b, '{')
	} else {
		o.b = append(o.b, ',')
	}
	if strings.IndexFunc(name, func(r rune) bool { return r != '_' && (r < '0' || r > 'z') || r == '\\' }) < 0 {
		o.b = append(o.b, '"')
		o.b = append(o.b, name...)
		o.b = append(o.b, '"', ':')
		return
	}
	o.b = append(appendText(o.b, name), ':') // a name of the server's
}

// raw adds a member that is JSON already.
func (o *object) raw(name string, json []byte) {
	o.name(name)
	o.b = append(o.b, json...)
}

func (o *object) text(name, s string) {
	o.name(name)
	o.b = appendText(o.b, s)
}

// known adds text, or null where there is none.
func (o *object) known(name, s string) {
	if s == "" {
		o.raw(name, []byte("null"))
		return
	}
	o.text(name, s)
}

func (o *object) int(name string, n int64) {
	o.name(name)
	o.b = strconv.AppendInt(o.b, n, 10)
}

func (o *object) bool(name string, yes bool) {
	o.name(name)
	o.b = strconv.AppendBool(o.b, yes)
}

func (o *object) float(name string, f float64) {
	o.name(name)
	o.b = strconv.AppendFloat(o.b, f, 'f', -1, 64)
}

func (o *object) texts(name string, list []string) {
	o.name(name)
	o.b = append(o.b, '[')
	for i, s := range list {
		if i > 0 {
			o.b = append(o.b, ',')
		}
		o.b = appendText(o.b, s)
	}
	o.b = append(o.b, ']')
}

// bytes adds NAME, and where b is not UTF-8 also NAME_b64 in base64. NAME is then
// the printable form of b.
func (o *object) bytes(name string, b []byte) {
	if utf8.Valid(b) {
		o.text(name, string(b))
		return
	}
	o.text(name, decode.PrintableBytes(b))
	o.text(name+"_b64", base64.StdEncoding.EncodeToString(b))
}

// key adds MEMBER, the printed form of a key's name, and where that is not the
// name itself also MEMBER_b64 with its bytes in base64. An empty name is an empty
// text, which needs no quotes to be seen here.
func (o *object) key(member string, name []byte) {
	text := decode.PrintableName(name)
	if len(name) == 0 {
		text = ""
	}
	o.text(member, text)
	if text != string(name) {
		o.text(member+"_b64", base64.StdEncoding.EncodeToString(name))
	}
}

// label adds the name of a group of keys. A prefix is printed as a name is, but
// an empty one stays empty.
func (o *object) label(member, name string) {
	if (member == "prefix" || member == "key") && name != "" {
		o.key(member, []byte(name))
		return
	}
	o.bytes(member, []byte(name))
}

// objects adds a list of objects.
func (o *object) objects(name string, list []object) {
	o.name(name)
	o.b = append(o.b, '[')
	for i := range list {
		if i > 0 {
			o.b = append(o.b, ',')
		}
		o.b = append(o.b, list[i].end()...)
	}
	o.b = append(o.b, ']')
}

// end closes the object and returns it.
func (o *object) end() []byte {
	if len(o.b) == 0 {
		return []byte("{}")
	}
	return append(o.b, '}')
}

// line closes the object and returns it with a newline.
func (o *object) line() []byte { return append(o.end(), '\n') }

// appendText appends s, with what is not UTF-8 in it replaced, as a JSON
// string.
func appendText(dst []byte, s string) []byte {
	if !utf8.ValidString(s) {
		s = string([]rune(s))
	}
	// Only the limits can fail, and text of this kind is far below them.
	dst, _ = decode.AppendJSON(dst, value.NewText(s), value.Limits{})
	return dst
}
