package pickle

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"slices"
	"unicode/utf8"

	"cacheview/decode/value"
)

// saveInt writes an int in the fewest bytes that the protocol has.
func (e *encoder) saveInt(v value.Value) error {
	if v.Tag() != "" {
		return unsupported(v)
	}
	if n, ok := v.Int(); ok {
		e.saveSmallInt(n)
		return nil
	}
	n, ok := new(big.Int).SetString(v.Text(), 10)
	if !ok {
		return &EncodeError{Detail: fmt.Sprintf("%.40q are not the digits of an int", v.Text())}
	}
	if n.IsInt64() {
		e.saveSmallInt(n.Int64())
		return nil
	}
	e.saveLong(twosComplement(n))
	return nil
}

func (e *encoder) saveSmallInt(n int64) {
	switch {
	case n >= 0 && n <= math.MaxUint8:
		e.write('K', byte(n))
	case n >= 0 && n <= math.MaxUint16:
		e.write('M', byte(n), byte(n>>8))
	case n >= math.MinInt32 && n <= math.MaxInt32:
		e.write('J', byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
	default:
		size := bits.Len64(uint64(n^(n>>63)))/8 + 1
		e.saveLong(binary.LittleEndian.AppendUint64(nil, uint64(n))[:size])
	}
}

// saveLong writes the little-endian two's complement of an int.
func (e *encoder) saveLong(b []byte) {
	if len(b) < 256 {
		e.write(0x8a, byte(len(b)))
	} else {
		e.write(binary.LittleEndian.AppendUint32([]byte{0x8b}, uint32(len(b)))...)
	}
	e.write(b...)
}

// twosComplement returns n in the fewest bytes that keep its sign, least
// significant first.
func twosComplement(n *big.Int) []byte {
	m := n
	if n.Sign() < 0 {
		m = new(big.Int).Not(n) // the bits of n, inverted
	}
	b := make([]byte, m.BitLen()/8+1)
	m.FillBytes(b)
	slices.Reverse(b)
	if n.Sign() < 0 {
		for i := range b {
			b[i] = ^b[i]
		}
	}
	return b
}

func (e *encoder) saveFloat(f float64) {
	e.write(binary.BigEndian.AppendUint64([]byte{'G'}, math.Float64bits(f))...)
}

// saveText writes a str. Lone surrogates are already in s as three bytes each.
func (e *encoder) saveText(s string, id any) {
	switch {
	case e.proto >= 4 && len(s) <= math.MaxUint8:
		e.payload([]byte{0x8c, byte(len(s))}, s)
	case len(s) <= math.MaxUint32:
		e.payload(binary.LittleEndian.AppendUint32([]byte{'X'}, uint32(len(s))), s)
	default:
		e.payload(binary.LittleEndian.AppendUint64([]byte{0x8d}, uint64(len(s))), s)
	}
	e.memoize(id)
}

// saveBytes writes bytes; protocol 2 has none and calls a codec instead.
func (e *encoder) saveBytes(s string, id any) {
	switch {
	case e.proto < 3:
		e.saveBytesCall(s, id)
		return
	case len(s) <= math.MaxUint8:
		e.payload([]byte{'C', byte(len(s))}, s)
	case len(s) <= math.MaxUint32:
		e.payload(binary.LittleEndian.AppendUint32([]byte{'B'}, uint32(len(s))), s)
	default:
		e.payload(binary.LittleEndian.AppendUint64([]byte{0x8e}, uint64(len(s))), s)
	}
	e.memoize(id)
}

// saveBytesCall writes _codecs.encode(text, 'latin1'), for no bytes bytes().
func (e *encoder) saveBytesCall(s string, id any) {
	if s == "" {
		e.saveGlobal("__builtin__\nbytes\n")
		e.write(')', 'R')
		e.memoize(id)
		return
	}
	latin := make([]byte, 0, len(s))
	for i := range len(s) {
		latin = utf8.AppendRune(latin, rune(s[i]))
	}
	e.saveGlobal("_codecs\nencode\n")
	e.saveTextOnce(string(latin), identity(value.NewText(string(latin)), false))
	e.saveTextOnce("latin1", keyText("latin1"))
	e.write(0x86)
	e.memoize(nil)
	e.write('R')
	e.memoize(id)
}

func (e *encoder) saveTextOnce(s string, id any) {
	if !e.recall(id) {
		e.saveText(s, id)
	}
}

// saveGlobal writes a class or function by name, given as "module\nname\n".
func (e *encoder) saveGlobal(name string) {
	if e.recall(global(name)) {
		return
	}
	e.write('c')
	e.write([]byte(name)...)
	e.memoize(global(name))
}
