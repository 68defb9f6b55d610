package decode

import (
	"bytes"

	"cacheview/decode/pickle"
	"cacheview/decode/value"
)

// pickleRows are Python pickles. From protocol 2 on they start with their
// version and are certain; protocols 0 and 1 start with any opcode and count
// only when they read to their end, or break off after what no text has.
var pickleRows = []row{
	{name: "pickle", trust: certain, sniff: sniffProto, read: readPickle},
}

// oldPickleRows come after the formats that are text.
var oldPickleRows = []row{
	{name: "pickle", trust: sound, sniff: sniffOldPickle, read: readOldPickle},
}

// protoOpcode starts every pickle of protocol 2 and newer, frameOpcode comes
// next from protocol 4 on where there is more than a few bytes.
const (
	protoOpcode = 0x80
	frameOpcode = 0x95
)

func sniffProto(in *input) (string, bool) {
	if len(in.raw) < 3 || in.raw[0] != protoOpcode || in.raw[1] < 2 {
		return "", false
	}
	return looksPickled(in.raw)
}

// looksPickled is pickle.Looks, and trusts a PROTO with a FRAME behind it
// whatever follows: that is a damaged pickle and nothing else.
func looksPickled(raw []byte) (string, bool) {
	if len(raw) >= 3 && raw[0] == protoOpcode && (raw[1] == 4 || raw[1] == 5) && raw[2] == frameOpcode {
		return "PROTO and FRAME, as protocols 4 and 5 begin", true
	}
	return pickle.Detect(raw)
}

func sniffOldPickle(in *input) (string, bool) {
	if len(in.raw) < 2 || in.raw[0] == protoOpcode || tinyText(in) {
		return "", false
	}
	return pickle.Detect(in.raw)
}

// tinyText reports whether the input is better read as text than as a pickle
// of no content: "N." and "]." are texts. "(t." is nothing else than a pickle.
func tinyText(in *input) bool {
	return len(in.raw) <= 3 && in.text() == cleanText && in.raw[0] != '('
}

func readPickle(in *input) reading {
	doc := pickle.Decode(in.raw, in.lim)
	return reading{
		value: doc.Value(), n: doc.Consumed(), err: doc.Err(), name: doc.Layer(),
		flags: doc.Flags(), pickle: doc,
		refused: doc.Err() != nil && isTextOpcode(in.raw) && treeBits(doc.Value()) < sureBits/2,
	}
}

// readOldPickle adds that a few bytes may also be text, or anything else.
func readOldPickle(in *input) reading {
	rd := readPickle(in)
	if len(in.raw) <= 4 {
		rd.flags = append(rd.flags, "ambiguous")
	}
	if rd.err != nil && rd.err.Kind == value.Truncated && memoizes(in.raw) {
		rd.damaged = true
	}
	return rd
}

// memoizes reports whether raw has the memo opcodes that Python's pickler puts
// behind everything: "p0\n" in protocol 0, "q\x00" in protocol 1.
func memoizes(raw []byte) bool {
	return bytes.Contains(raw, []byte("p0\n")) || bytes.Contains(raw, []byte("q\x00"))
}

// isTinyPickle reports whether a text of two characters is also the pickle of
// None or of something empty.
func isTinyPickle(raw []byte) bool {
	switch string(raw) {
	case "N.", "].", ").", "}.":
		return true
	}
	return false
}

// isTextOpcode reports whether a pickle of protocol 2 or newer begins with a
// number or text written as a line. Picklers do so only in protocol 0, so such
// bytes prove no damage.
func isTextOpcode(raw []byte) bool {
	return len(raw) > 2 && raw[0] == protoOpcode && bytes.IndexByte([]byte("ILFSV"), raw[2]) >= 0
}
