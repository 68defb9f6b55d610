package decode

import (
	"encoding/binary"
	"math"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"cacheview/decode/value"
)

// utf reads a name: two bytes of length and modified UTF-8.
func (j *java) utf(at int) string {
	n := j.be16(at, "a name")
	return className(j.modifiedUTF8(j.take(uint64(n), at, "a name")).Text())
}

// modifiedUTF8 is s as text. It differs from UTF-8 in two ways
// (java.io.DataInput): NUL is c0 80, and what lies above U+FFFF is two
// surrogates of three bytes each.
func (j *java) modifiedUTF8(s string) value.Value {
	if utf8.ValidString(s) {
		return value.NewText(s)
	}
	if !j.charge(len(s)) {
		return value.Nil
	}
	units := make([]uint16, 0, len(s))
	for i := 0; i < len(s); {
		u, n := modifiedUnit(s[i:])
		if n == 0 {
			return value.NewBytes(s)
		}
		units = append(units, u)
		i += n
	}
	return textOfUTF16(units)
}

// modifiedUnit reads one UTF-16 unit; n is 0 when there is none.
func modifiedUnit(s string) (u uint16, n int) {
	cont := func(i int) bool { return i < len(s) && s[i]&0xc0 == 0x80 }
	switch c := s[0]; {
	case c < 0x80:
		return uint16(c), 1
	case c&0xe0 == 0xc0 && cont(1):
		return uint16(c&0x1f)<<6 | uint16(s[1]&0x3f), 2
	case c&0xf0 == 0xe0 && cont(1) && cont(2):
		return uint16(c&0x0f)<<12 | uint16(s[1]&0x3f)<<6 | uint16(s[2]&0x3f), 3
	}
	return 0, 0
}

// textOfUTF16 is text made of UTF-16 units. A surrogate without its other half
// is kept, in the form that the tag "wtf8" says.
func textOfUTF16(units []uint16) value.Value {
	var b strings.Builder
	b.Grow(len(units))
	lone := false
	for i := 0; i < len(units); i++ {
		r := rune(units[i])
		if utf16.IsSurrogate(r) {
			if i+1 < len(units) && utf16.IsSurrogate(rune(units[i+1])) {
				if both := utf16.DecodeRune(r, rune(units[i+1])); both != utf8.RuneError {
					b.WriteRune(both)
					i++
					continue
				}
			}
			lone = true
			b.Write([]byte{0xe0 | byte(r>>12), 0x80 | byte(r>>6)&0x3f, 0x80 | byte(r)&0x3f})
			continue
		}
		b.WriteRune(r)
	}
	v := value.NewText(b.String())
	if lone {
		return v.WithTag("wtf8")
	}
	return v
}

// javaWidth returns the bytes of a primitive type, 0 when code is none.
func javaWidth(code byte) int {
	switch code {
	case 'B', 'Z':
		return 1
	case 'C', 'S':
		return 2
	case 'F', 'I':
		return 4
	case 'D', 'J':
		return 8
	}
	return 0
}

// javaNumber is the primitive value that s holds, of the width of its type.
func javaNumber(s string, code byte) value.Value {
	b := []byte(s)
	switch code {
	case 'B':
		return value.NewInt(int64(int8(b[0])))
	case 'Z':
		return value.NewBool(b[0] != 0)
	case 'C':
		return textOfUTF16([]uint16{binary.BigEndian.Uint16(b)})
	case 'S':
		return value.NewInt(int64(int16(binary.BigEndian.Uint16(b))))
	case 'I':
		return value.NewInt(int64(int32(binary.BigEndian.Uint32(b))))
	case 'J':
		return value.NewInt(int64(binary.BigEndian.Uint64(b)))
	case 'F':
		return value.NewFloat(float64(math.Float32frombits(binary.BigEndian.Uint32(b))))
	}
	return value.NewFloat(math.Float64frombits(binary.BigEndian.Uint64(b)))
}

// javaNumbers is an array of a primitive type, read when it is looked at.
type javaNumbers struct {
	packed string
	code   byte
	width  int
}

// Len returns the number of elements.
func (a javaNumbers) Len() int { return len(a.packed) / a.width }

// At returns element i.
func (a javaNumbers) At(i int) value.Value {
	return javaNumber(a.packed[i*a.width:(i+1)*a.width], a.code)
}
