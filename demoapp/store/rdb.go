package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc64"
	"math"
	"strconv"
	"strings"
)

// A DUMP is what a real server makes of a value (rdb.c): a byte for the type, the
// value, two bytes of version and a CRC-64 of all that. What is written here is
// of the plain types, which every server since Redis 5 restores; only those are
// read.
const (
	rdbVersion = 9
	rdbString  = 0
	rdbList    = 1
	rdbSet     = 2
	rdbHash    = 4
	rdbZSet    = 5 // with scores of eight bytes
	rdbStream  = 15
	footerLen  = 10
)

// errPayload is what a real server answers to a payload that it cannot read.
var errPayload = errors.New("ERR Bad data format")

// value is the contents of a key.
type value struct {
	typ     string   // as TYPE has it
	members []string // of a string one, of a hash and a sorted set pairs
	entries []entry  // of a stream
	lastID  string
	groups  []group
}

type entry struct {
	id     string
	fields []string
}

type group struct{ name, lastID string }

// jones is the polynomial of the CRC-64, reflected (crc64.c).
var jones = crc64.MakeTable(0x95ac9329ac4bc9b5)

// sum is the CRC-64 of Redis. Unlike hash/crc64 it does not invert.
func sum(b []byte) uint64 { return ^crc64.Update(^uint64(0), jones, b) }

// encode is a value as DUMP has it.
func (v value) encode() ([]byte, error) {
	var b []byte
	list := func(kind byte, n int) {
		b = appendLen(append(b, kind), uint64(n))
		for _, m := range v.members {
			b = appendString(b, m)
		}
	}
	switch v.typ {
	case "string":
		b = appendString([]byte{rdbString}, v.members[0])
	case "list":
		list(rdbList, len(v.members))
	case "set":
		list(rdbSet, len(v.members))
	case "hash":
		list(rdbHash, len(v.members)/2)
	case "zset":
		b = appendLen([]byte{rdbZSet}, uint64(len(v.members)/2))
		for i := 0; i+1 < len(v.members); i += 2 {
			score, err := strconv.ParseFloat(v.members[i+1], 64)
			if err != nil {
				return nil, fmt.Errorf("score: %w", err)
			}
			b = appendString(b, v.members[i])
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(score))
		}
	case "stream":
		var err error
		if b, err = v.appendStream([]byte{rdbStream}); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("type %s", v.typ)
	}
	b = binary.LittleEndian.AppendUint16(b, rdbVersion)
	return binary.LittleEndian.AppendUint64(b, sum(b)), nil
}

// decodeDump reads a DUMP.
func decodeDump(dump []byte) (value, error) {
	n := len(dump) - footerLen
	if n < 1 || binary.LittleEndian.Uint64(dump[len(dump)-8:]) != sum(dump[:len(dump)-8]) ||
		binary.LittleEndian.Uint16(dump[n:]) > rdbVersion+3 {
		return value{}, errors.New("ERR DUMP payload version or checksum are wrong")
	}
	r := rdbReader{b: dump[1:n]}
	var v value
	each := 1
	switch dump[0] {
	case rdbString:
		v.typ, v.members = "string", []string{r.str()}
		return v, r.end()
	case rdbStream:
		v.typ = "stream"
		v.readStream(&r)
		return v, r.end()
	case rdbList:
		v.typ = "list"
	case rdbSet:
		v.typ = "set"
	case rdbHash:
		v.typ, each = "hash", 2
	case rdbZSet:
		v.typ = "zset"
	default:
		return v, errPayload
	}
	n = int(min(r.length(), uint64(len(r.b))))
	for range n * each {
		v.members = append(v.members, r.str())
		if v.typ == "zset" {
			score := math.Float64frombits(binary.LittleEndian.Uint64(r.take(8)))
			v.members = append(v.members, strconv.FormatFloat(score, 'g', -1, 64))
		}
		if r.bad {
			break
		}
	}
	if len(v.members) == 0 {
		r.bad = true // no server has such a value
	}
	return v, r.end()
}

// appendLen is a length as rdbSaveLen writes it.
func appendLen(b []byte, n uint64) []byte {
	switch {
	case n < 1<<6:
		return append(b, byte(n))
	case n < 1<<14:
		return append(b, 0x40|byte(n>>8), byte(n))
	case n <= math.MaxUint32:
		return binary.BigEndian.AppendUint32(append(b, 0x80), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(b, 0x81), n)
}

func appendString(b []byte, s string) []byte {
	return append(appendLen(b, uint64(len(s))), s...)
}

// rdbReader reads a payload. After a damage all that it reads is zero.
type rdbReader struct {
	b   []byte
	bad bool
}

func (r *rdbReader) end() error {
	if r.bad || len(r.b) > 0 {
		return errPayload
	}
	return nil
}

// take returns n bytes, zeros when they are not there.
func (r *rdbReader) take(n uint64) []byte {
	if r.bad || n > uint64(len(r.b)) {
		r.bad = true
		return make([]byte, min(n, 16))
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *rdbReader) length() uint64 {
	first := r.take(1)[0]
	switch {
	case first>>6 == 0:
		return uint64(first)
	case first>>6 == 1:
		return uint64(first&0x3f)<<8 | uint64(r.take(1)[0])
	case first == 0x80:
		return uint64(binary.BigEndian.Uint32(r.take(4)))
	case first == 0x81:
		return binary.BigEndian.Uint64(r.take(8))
	}
	r.bad = true
	return 0
}

// str reads a string, or an integer that stands for one.
func (r *rdbReader) str() string {
	if len(r.b) > 0 && r.b[0]>>6 == 3 {
		switch r.take(1)[0] {
		case 0xc0:
			return strconv.Itoa(int(int8(r.take(1)[0])))
		case 0xc1:
			return strconv.Itoa(int(int16(binary.LittleEndian.Uint16(r.take(2)))))
		case 0xc2:
			return strconv.Itoa(int(int32(binary.LittleEndian.Uint32(r.take(4)))))
		}
		r.bad = true // compressed by LZF, which is not written here
		return ""
	}
	return string(r.take(r.length()))
}

// parseID reads the ID of an entry.
func parseID(s string) (ms, seq uint64, err error) {
	left, right, _ := strings.Cut(s, "-")
	if s == "" {
		return 0, 0, nil
	}
	if ms, err = strconv.ParseUint(left, 10, 64); err == nil && right != "" {
		seq, err = strconv.ParseUint(right, 10, 64)
	}
	return ms, seq, err
}

func formatID(ms, seq uint64) string {
	return strconv.FormatUint(ms, 10) + "-" + strconv.FormatUint(seq, 10)
}
