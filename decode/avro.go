package decode

import (
	"encoding/binary"
	"hash/crc32"

	"github.com/klauspost/compress/s2"

	"cacheview/decode/value"
)

// avroRows are Avro's object container files, which have their schema inside.
var avroRows = []row{
	{name: "avro-container", trust: certain, sniff: magic(avroMagic), parse: parseAvro},
}

const (
	avroMagic = "Obj\x01"
	avroSync  = 16 // bytes of the mark after each block
)

// avro is the state of reading one container. While a block is read, the
// cursor is on that block.
type avro struct {
	cursor
	schema *avroType
	codec  string
	sync   string
	output int64 // bytes that decompression may still make
	items  growing
}

// parseAvro reads a container (Apache Avro specification, "Object Container
// Files") as the list of the values in it.
func parseAvro(raw []byte, lim value.Limits) (value.Value, int, *value.Error) {
	a := &avro{cursor: newCursor("avro-container", raw, lim)}
	a.output = a.lim.Output
	a.header()
	for a.left() > 0 {
		a.block()
	}
	if a.schema == nil {
		return value.Nil, a.pos, a.err
	}
	return value.NewSeq(&a.items), a.pos, a.err
}

// header reads the metadata, in which the schema and the codec are, and the
// mark that ends every block.
func (a *avro) header() {
	if a.take(uint64(len(avroMagic)), 0, "the header") != avroMagic && a.err == nil {
		a.corrupt(0, "no Obj and 1, the header of a container")
	}
	schema := ""
	a.blocks(a.pos, func() {
		key := a.bytes(a.pos, "the header")
		v := a.bytes(a.pos, "the header")
		switch key {
		case "avro.schema":
			schema = v
		case "avro.codec":
			a.codec = v
		}
	})
	a.sync = a.take(avroSync, a.pos, "the header")
	if a.err != nil {
		return
	}
	t, err := readAvroSchema(schema)
	if err != nil {
		a.corrupt(0, "%v", err)
		return
	}
	a.schema = t
}

// block reads one block of values: how many, how long, the values, the mark.
func (a *avro) block() {
	at := a.pos
	count, size := a.long(at), a.long(at)
	if a.err == nil && (count < 0 || size < 0) {
		a.corrupt(at, "a block of %d values and %d bytes", count, size)
	}
	if a.err != nil {
		return
	}
	start := a.pos
	cut := uint64(size) > uint64(a.left())
	data := a.raw[start:min(start+int(min(size, 1<<40)), len(a.raw))]
	plain := a.unpack(data, start)
	if a.err != nil {
		return
	}
	a.values(count, plain, start, a.codec == "" || a.codec == "null")
	if cut {
		a.pos = len(a.raw)
		a.short(at, "a block")
	}
	if a.err != nil {
		return
	}
	a.pos = start + len(data)
	if mark := a.take(avroSync, at, "the mark after a block"); a.err == nil && mark != a.sync {
		a.corrupt(a.pos-avroSync, "another mark than the header announces")
	}
}

// values reads the values of a block that starts at byte start of the input.
func (a *avro) values(count int64, plain []byte, start int, stored bool) {
	outer := a.cursor
	a.raw, a.text, a.pos = plain, view(plain), 0
	for i := int64(0); i < count && a.err == nil; i++ {
		before := a.pos
		v, ok := a.value(a.schema)
		if ok {
			a.items.add(v)
		}
		a.substance(before, before, count-i)
		if a.err != nil && !ok {
			a.underIndex(a.items.Len())
		} else {
			a.underIndex(a.items.Len() - 1)
		}
	}
	if a.err == nil && a.left() > 0 {
		a.corrupt(a.pos, "a block longer than its values")
	}
	if a.err != nil {
		if stored {
			a.err.Offset += start
		} else {
			a.err.Offset = start
		}
	}
	a.raw, a.text, a.pos = outer.raw, outer.text, outer.pos
}

// unpack takes the codec off one block.
func (a *avro) unpack(data []byte, at int) []byte {
	lim := a.lim
	lim.Output = max(1, a.output)
	var un unwrapped
	var err *value.Error
	switch a.codec {
	case "", "null":
		return data
	case "deflate":
		un, err = stream("deflate", newFlate)(data, lim)
	case "zstandard":
		un, err = stream("zstd", newZstd)(data, lim)
	case "bzip2":
		un, err = stream("bz2", newBzip2)(data, lim)
	case "xz":
		un, err = stream("xz", newXz)(data, lim)
	case "snappy":
		return a.snappy(data, at)
	default:
		a.fail(value.Unsupported, at, "codec %q", a.codec)
		return nil
	}
	a.output -= int64(len(un.inner))
	if err != nil {
		a.fail(err.Kind, at, "%s: %s", a.codec, err.Detail)
	}
	return un.inner
}

// snappy opens a Snappy block, which four bytes with a checksum follow.
func (a *avro) snappy(data []byte, at int) []byte {
	if len(data) < 4 {
		a.short(at, "a block")
		return nil
	}
	packed, sum := data[:len(data)-4], binary.BigEndian.Uint32(data[len(data)-4:])
	n, err := s2.DecodedLen(packed)
	if err == nil && int64(n) > a.output {
		a.fail(value.Limit, at, "output is too large")
		return nil
	}
	plain, err := s2.Decode(nil, packed)
	switch {
	case err != nil:
		a.corrupt(at, "snappy: %v", err)
	case crc32.ChecksumIEEE(plain) != sum:
		a.fail(value.Checksum, at, "snappy: the checksum does not match")
	}
	a.output -= int64(len(plain))
	return plain
}

// long reads a number: seven bits a byte, the lowest first, with the sign in
// the lowest bit.
func (a *avro) long(at int) int64 {
	var n uint64
	for shift := 0; ; shift += 7 {
		c := a.byte(at, "a number")
		n |= uint64(c&0x7f) << shift
		if c < 0x80 || a.err != nil {
			break
		}
		if shift >= 63 {
			a.corrupt(at, "a number of more than 64 bits")
			break
		}
	}
	return int64(n>>1) ^ -int64(n&1)
}

// bytes reads a length and so many bytes.
func (a *avro) bytes(at int, what string) string {
	n := a.long(at)
	if n < 0 {
		a.corrupt(at, "a length of %d", n)
		return ""
	}
	return a.take(uint64(n), at, what)
}

// blocks calls each for every item of an array or map, which come in blocks of
// a known number. A number below zero is followed by the block's size.
func (a *avro) blocks(at int, each func()) {
	for a.err == nil {
		n := a.long(at)
		if n < 0 {
			a.long(at)
			n = -n
		}
		if n == 0 {
			return
		}
		for ; n != 0 && a.err == nil; n-- {
			before := a.pos
			each()
			a.substance(at, before, n)
		}
	}
}

// maxEmpty is how many values in a row may take no bytes at all.
const maxEmpty = 10_000

// substance stops a count that promises more than there are bytes for: values
// such as null take none.
func (a *avro) substance(at, before int, n int64) {
	if a.err == nil && a.pos == before && (n > maxEmpty || n < 0) {
		a.fail(value.Limit, at, "%d values without a byte", n)
	}
}
