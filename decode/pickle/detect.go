package pickle

import (
	"bytes"

	"cacheview/decode/value"
)

// Detect says whether data is worth reading as a pickle, and why. From
// protocol 2 on a pickle says what it is, so a damaged one counts; an older
// one must read to its end, or be cut in the way that only a pickle is.
func Detect(data []byte) (reason string, ok bool) {
	if len(data) < 3 {
		return "", false
	}
	if data[0] == opProto {
		return looksNew(data)
	}
	if opcodes[data[0]].proto > 1 || !bytes.ContainsAny(data[:1], "(c]}IFLSVNKMJGXUTtdliP)") {
		return "", false
	}
	return looksOld(data)
}

// looksNew wants a known protocol and a first few opcodes that hold.
func looksNew(data []byte) (string, bool) {
	const few = 8
	if data[1] > 5 && data[2] != opFrame {
		return "", false
	}
	ops := Disassemble(data, few)
	last := ops[len(ops)-1]
	if last.Err != "" && last.Err != errCut {
		return "", false
	}
	if data[len(data)-1] == opStop {
		return "PROTO first and STOP last", true
	}
	return "PROTO and opcodes that hold", true
}

// looksOld wants a whole pickle without the mark of newer ones.
func looksOld(data []byte) (string, bool) {
	if data[len(data)-1] == opStop {
		d := Decode(data, value.Limits{})
		if d.failure == nil && d.consumed == len(data) && d.layer < 2 {
			return "opcodes of protocol 0 or 1 up to STOP at the end", true
		}
	}
	return looksCut(data)
}

// looksCut wants opcodes up to the end of data and a first memo entry among
// them that has the number which writers start at.
func looksCut(data []byte) (string, bool) {
	const few = 200
	ops := Disassemble(data, few)
	if len(ops) < 3 {
		return "", false
	}
	for i, op := range ops {
		if op.Err != "" && op.Err != errCut {
			return "", false
		}
		switch op.Name {
		case "PUT", "BINPUT":
			if i < 4 && (op.Arg == "0" || op.Arg == "1") {
				return "opcodes of protocol 0 or 1 with a memo", Disassemble(data, len(data))[0].Err == ""
			}
		}
	}
	return "", false
}
