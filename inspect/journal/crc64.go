package journal

import (
	"bytes"
	"encoding/binary"
	"hash/crc64"
)

// jones is the polynomial of the CRC-64 that DUMP ends with (crc64.c of Redis),
// reflected.
var jones = crc64.MakeTable(0x95ac9329ac4bc9b5)

// dumpHolds reports whether the checksum at the end of a DUMP is right.
func dumpHolds(dump []byte) bool {
	if len(dump) <= dumpFooter {
		return false
	}
	body := dump[:len(dump)-8]
	// hash/crc64 inverts the sum before and after, and Redis does not.
	return ^crc64.Update(^uint64(0), jones, body) == binary.LittleEndian.Uint64(dump[len(dump)-8:])
}

// SameDump reports whether two DUMPs hold the same value. They can be of different
// versions of the server.
func SameDump(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	return len(a) == len(b) && dumpHolds(a) && dumpHolds(b) && bytes.Equal(a[:len(a)-dumpFooter], b[:len(b)-dumpFooter])
}

// RDBVersion is the version of the format of a DUMP. RESTORE takes the version of
// its own server and older ones. It is 0 for bytes that are not a DUMP.
func RDBVersion(dump []byte) int {
	if len(dump) < dumpFooter {
		return 0
	}
	return int(binary.LittleEndian.Uint16(dump[len(dump)-dumpFooter:]))
}

// DumpHolds reports whether a DUMP's own checksum is right.
func DumpHolds(dump []byte) bool { return dumpHolds(dump) }
