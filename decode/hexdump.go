package decode

// Hexdump returns at most rows lines of a dump of raw from offset, which is
// rounded down to a multiple of 16: the offset in hex, sixteen bytes in hex
// with a gap in the middle, and the same bytes as ASCII with dots for the
// rest. Lines are printable.
func Hexdump(raw []byte, offset, rows int) []string {
	offset = max(offset, 0) &^ 15
	if rows <= 0 || offset >= len(raw) {
		return nil
	}
	rows = min(rows, (len(raw)-offset+15)/16)
	lines := make([]string, rows)
	var buf []byte
	for i := range lines {
		at := offset + 16*i
		buf = appendHexLine(buf[:0], at, raw[at:min(at+16, len(raw))])
		lines[i] = string(buf)
	}
	return lines
}

func appendHexLine(dst []byte, offset int, b []byte) []byte {
	dst = append(appendHex(dst, uint32(offset), 8), ' ')
	for i := range 16 {
		if i == 8 {
			dst = append(dst, ' ')
		}
		if i < len(b) {
			dst = appendHex(append(dst, ' '), uint32(b[i]), 2)
		} else {
			dst = append(dst, "   "...)
		}
	}
	dst = append(dst, "  |"...)
	for _, c := range b {
		if c < ' ' || c >= 0x7f {
			c = '.'
		}
		dst = append(dst, c)
	}
	return append(dst, '|')
}
