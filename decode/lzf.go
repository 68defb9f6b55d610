package decode

import "cacheview/decode/value"

// sniffLzf walks an LZF stream (liblzf, as phpredis and Redis itself use it)
// without decoding it: every copy must point into what is there, one at least
// must exist, and every byte must be used.
func sniffLzf(in *input) (string, bool) {
	made, copies := 0, 0
	for s := in.raw; len(s) > 0; {
		e, offset := lzfElement(s)
		if e.bytes == 0 || e.bytes > len(s) || offset > made {
			return "", false
		}
		if offset > 0 {
			copies++
		}
		made += e.makes
		s = s[e.bytes:]
	}
	return "a whole LZF stream", copies > 0
}

// lzfElement reads a literal run (offset 0) or a copy.
func lzfElement(s []byte) (e element, offset int) {
	ctrl := int(s[0])
	if ctrl < 32 {
		return element{bytes: ctrl + 2, makes: ctrl + 1}, 0
	}
	e = element{bytes: 2, makes: ctrl>>5 + 2}
	if ctrl>>5 == 7 {
		if len(s) < 2 {
			return element{}, 0
		}
		e.makes += int(s[1])
		e.bytes = 3
	}
	if len(s) < e.bytes {
		return element{}, 0
	}
	return e, ctrl&0x1f<<8 + int(s[e.bytes-1]) + 1
}

func unwrapLzf(raw []byte, lim value.Limits) (unwrapped, *value.Error) {
	var out []byte
	limit := int(lim.OrDefault().Output)
	for off := 0; off < len(raw); {
		e, offset := lzfElement(raw[off:])
		switch {
		case e.bytes == 0 || off+e.bytes > len(raw):
			return unwrapped{inner: out}, &value.Error{Format: "lzf", Kind: value.Truncated, Offset: off, Detail: "ends inside an element"}
		case offset > len(out):
			return unwrapped{inner: out}, &value.Error{Format: "lzf", Kind: value.Corrupt, Offset: off, Detail: "copy from before the start"}
		case len(out)+e.makes > limit:
			return unwrapped{inner: out}, &value.Error{Format: "lzf", Kind: value.Limit, Offset: off, Detail: "output is too large"}
		}
		if offset == 0 {
			out = append(out, raw[off+1:off+e.bytes]...)
		}
		for range e.makes * min(offset, 1) {
			out = append(out, out[len(out)-offset])
		}
		off += e.bytes
	}
	return unwrapped{inner: out}, nil
}
