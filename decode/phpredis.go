package decode

import (
	"encoding/binary"

	"github.com/pierrec/lz4/v4"

	"cacheview/decode/value"
)

// phpredisRows is how phpredis keeps LZ4: a checksum of the length, the length
// of what comes out, a block (library.c, redis_compress).
var phpredisRows = []row{
	{name: "phpredis-lz4", trust: sound, sniff: sniffPhpredis, unwrap: unwrapPhpredis, flag: "ambiguous"},
}

const phpredisHeader = 5

// crc8 is the checksum with the polynomial 0x31 that phpredis uses.
func crc8(b []byte) byte {
	crc := byte(0xff)
	for _, c := range b {
		crc ^= c
		for range 8 {
			if crc&0x80 != 0 {
				crc = crc<<1 ^ 0x31
			} else {
				crc <<= 1
			}
		}
	}
	return crc
}

func sniffPhpredis(in *input) (string, bool) {
	b := in.raw
	ok := len(b) > phpredisHeader && crc8(b[1:phpredisHeader]) == b[0] && int32(binary.LittleEndian.Uint32(b[1:])) > 0
	return "the length of an LZ4 block after its checksum, as phpredis writes it", ok
}

func unwrapPhpredis(raw []byte, lim value.Limits) (unwrapped, *value.Error) {
	if len(raw) <= phpredisHeader || crc8(raw[1:phpredisHeader]) != raw[0] {
		return unwrapped{}, &value.Error{Format: "phpredis-lz4", Kind: value.Corrupt, Detail: "no length with its checksum"}
	}
	size, block := int64(binary.LittleEndian.Uint32(raw[1:])), raw[phpredisHeader:]
	if size > lim.OrDefault().Output {
		return unwrapped{}, &value.Error{Format: "phpredis-lz4", Kind: value.Limit, Offset: 1, Detail: "output is too large"}
	}
	// A byte of a block makes at most 255.
	if size > 255*int64(len(block)) {
		return unwrapped{}, &value.Error{Format: "phpredis-lz4", Kind: value.Corrupt, Offset: 1, Detail: "a length that the block cannot have"}
	}
	out := make([]byte, size)
	n, err := lz4.UncompressBlock(block, out)
	if err != nil || int64(n) != size {
		return unwrapped{}, &value.Error{Format: "phpredis-lz4", Kind: value.Corrupt, Offset: phpredisHeader, Detail: "not a block of the length announced"}
	}
	return unwrapped{inner: out}, nil
}
