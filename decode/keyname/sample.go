package keyname

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// Sample is what was read of a key's value. The zero value is nothing: then only
// the name counts.
type Sample struct {
	// Type is the type in the server's own word, "string" or "zset"; "" if it
	// is not known.
	Type string
	// Layers are those of a decoded string, outermost first
	// (decode.Result.Names); nil if it was not decoded.
	Layers []string
	// Head is the beginning of a string, and Members are some members of a
	// collection. Whole reports that the string was read to its end.
	Head    []byte
	Whole   bool
	Members []Member
}

// Member is one member of a collection: an element, a field of a hash or of a
// stream's entry with its value.
type Member struct{ Field, Value []byte }

// isRead reports whether anything is known of the contents.
func (s *Sample) isRead() bool {
	return s.Layers != nil || len(s.Head) > 0 || len(s.Members) > 0 || s.isEmpty()
}

// isEmpty reports whether the value is the empty string.
func (s *Sample) isEmpty() bool { return s.Type == "string" && s.Whole && len(s.Head) == 0 }

// isType reports whether the value may be of one of the types.
func (s *Sample) isType(types ...string) bool {
	for _, t := range types {
		if s.Type == t {
			return true
		}
	}
	return s.Type == ""
}

// form is the outermost notation of a string, as far as its first bytes or its
// layers show.
type form uint

const (
	formPickle form = 1 << iota
	formFlask       // "!" and a pickle
	formInteger
	formNumber // an integer, or a decimal fraction
	formJSON
	formMsgpack
	formPHP // serialize, a session, igbinary
	formJava
	formRails
	formRuby
	formGob
	formCompressed
	formText // printable UTF-8 of no other form
	formBinary
)

// form returns the forms that the value may be in, 0 if it was not read.
func (s *Sample) form() form {
	if s.Type != "string" && s.Type != "" || !s.isRead() {
		return 0
	}
	if s.isEmpty() {
		return formText
	}
	f := headForm(s.Head)
	for _, layer := range s.Layers {
		f |= layerForm(layer)
	}
	if len(s.Head) > 0 && s.Head[0] != '!' {
		f &^= formFlask // a layer that only the name of the key suggested
	}
	if f == 0 {
		f = formBinary
		if isPrintable(s.Head) {
			f = formText
		}
	}
	return f
}

// is reports whether the value may be in one of the forms.
func (s *Sample) is(forms form) bool { return s.form()&forms != 0 }

func layerForm(layer string) form {
	switch {
	case strings.HasPrefix(layer, "pickle"):
		return formPickle
	case strings.HasPrefix(layer, "rails-"):
		return formRails
	case strings.HasPrefix(layer, "php-"), layer == "igbinary":
		return formPHP
	}
	switch layer {
	case "flask-caching":
		return formFlask
	case "json":
		return formJSON
	case "msgpack":
		return formMsgpack
	case "java-serialized":
		return formJava
	case "ruby-marshal":
		return formRuby
	case "gob":
		return formGob
	case "zlib", "gzip", "zstd", "lz4", "lzma", "xz", "bz2", "brotli", "deflate", "lzf", "s2", "snappy", "phpredis-lz4", "lz4-block":
		return formCompressed
	}
	return 0
}

// magics are the first bytes of forms that announce themselves.
var magics = []struct {
	head string
	form form
}{
	{"!\x80\x02", formFlask},
	{"!\x80\x03", formFlask},
	{"!\x80\x04", formFlask},
	{"!\x80\x05", formFlask},
	{"\x80\x02", formPickle},
	{"\x80\x03", formPickle},
	{"\x80\x04", formPickle},
	{"\x80\x05", formPickle},
	{"\xac\xed\x00\x05", formJava},
	{"\x00\x11", formRails},
	{"\x00\x04\x08", formRails},
	{"\x01\x78", formRails},
	{"\x04\x08", formRuby},
	{"\x00\x00\x00\x02", formPHP},
	{"\x1f\x8b\x08", formCompressed},
	{"\x78\x01", formCompressed},
	{"\x78\x5e", formCompressed},
	{"\x78\x9c", formCompressed},
	{"\x78\xda", formCompressed},
	{"\x28\xb5\x2f\xfd", formCompressed},
	{"\x04\x22\x4d\x18", formCompressed},
	{"\xfd7zXZ\x00", formCompressed},
	{"BZh", formCompressed},
}

func headForm(head []byte) form {
	if len(head) == 0 {
		return 0
	}
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.head)) {
			return m.form
		}
	}
	if f := numberForm(head); f != 0 {
		return f
	}
	if isPHP(head) {
		return formPHP
	}
	switch c := bytes.TrimLeft(head, " \t\r\n"); {
	case len(c) == 0:
	case c[0] == '{' || c[0] == '[' || c[0] == '"':
		if !isPrintable(head) {
			break
		}
		if p := probeJSON(head); p.ok {
			return formJSON
		}
	}
	switch c := head[0]; {
	case c >= 0x80 && c <= 0x9f, c >= 0xdc && c <= 0xdf:
		if !utf8.Valid(head) {
			return formMsgpack
		}
	}
	switch string(head) {
	case "true", "false", "null":
		return formJSON
	}
	return 0
}

func numberForm(head []byte) form {
	digits := bytes.TrimPrefix(head, []byte("-"))
	if len(digits) == 0 || len(digits) > 400 {
		return 0
	}
	whole, fraction, dot := bytes.Cut(digits, []byte("."))
	isDigits := func(b []byte) bool { return len(b) > 0 && len(bytes.Trim(b, "0123456789")) == 0 }
	switch {
	case !isDigits(whole):
		return 0
	case !dot:
		return formInteger | formNumber | formJSON
	case isDigits(fraction):
		return formNumber | formJSON
	}
	return 0
}

// isPHP reports whether a value begins as PHP's serialize writes it.
func isPHP(head []byte) bool {
	if len(head) < 2 {
		return false
	}
	if string(head) == "N;" {
		return true
	}
	if head[1] != ':' || len(head) < 4 {
		return false
	}
	switch head[0] {
	case 'b', 'i', 'd':
		return bytes.IndexByte(head, ';') == len(head)-1
	case 's', 'a', 'O', 'C', 'E':
		n := 2
		for n < len(head) && head[n] >= '0' && head[n] <= '9' {
			n++
		}
		return n > 2 && n+1 < len(head) && head[n] == ':' && (head[n+1] == '"' || head[n+1] == '{')
	}
	return false
}

// isPrintable reports whether bytes that may have been cut are UTF-8 without
// control characters.
func isPrintable(b []byte) bool {
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n <= 1 {
			return len(b) < utf8.UTFMax && !utf8.FullRune(b)
		}
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7f {
			return false
		}
		b = b[n:]
	}
	return true
}

// contains reports whether one of the texts stands in the beginning of a string.
func (s *Sample) contains(texts ...string) bool {
	for _, t := range texts {
		if bytes.Contains(s.Head, []byte(t)) {
			return true
		}
	}
	return false
}

// field returns a field of a hash.
func (s *Sample) field(name string) ([]byte, bool) {
	for _, m := range s.Members {
		if string(m.Field) == name {
			return m.Value, true
		}
	}
	return nil, false
}

// hasFields reports whether a hash has all of these fields.
func (s *Sample) hasFields(names ...string) bool {
	for _, name := range names {
		if _, ok := s.field(name); !ok {
			return false
		}
	}
	return s.Type == "hash" || s.Type == ""
}
