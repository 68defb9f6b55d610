package pickle_test

import (
	"encoding/json"
	"strconv"
	"testing"

	"cacheview/decode"
	"cacheview/decode/pickle"
	"cacheview/decode/value"
)

func itoa(n int) string { return strconv.Itoa(n) }

// addSeeds adds pickles that use every opcode between them.
func addSeeds(f *testing.F) {
	for _, s := range []string{
		"", ".", "N.", "\x80\x04\x95\x02\x00\x00\x00\x00\x00\x00\x00N.",
		"(dp0\nVa\np1\n(lp2\nI1\naF2.5\nasS'x\\x41'\nL12345678901234567890L\ns.",
		"\x80\x02]q\x00(h\x00}q\x01U\x01ah\x01sK\x01M\x01\x02J\xff\xff\xff\xffG?\xf0\x00\x00\x00\x00\x00\x00\x8a\x09\xff\xff\xff\xff\xff\xff\xff\xff\x00e.",
		"\x80\x02cdatetime\ndatetime\nU\x0a\x07\xe8\x02\x1d\x17;:\x01\xe2@\x85R.",
		"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x02id\x85R0(K\x01K\x02\x90\x8f(N\x90\x91\x88\x89\x86\x87.",
		"(cm\nC\nK\x01o}b(im\nC\nNb\x80\x02cm\nC\n)\x81N)}\x92.",
		"P1\nQ\x82\x01\x83\x01\x00\x84\x01\x00\x00\x00\x97\x98\x96\x00\x00\x00\x00\x00\x00\x00\x00t.",
		"\x80\x04c_codecs\nencode\nVab\xff\nVlatin1\n\x86Rc__builtin__\nset\n](K\x01e\x85R\x86.",
		"\x80\x02cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R(K\x01K\x01\x85cnumpy\ndtype\nU\x02i2K\x00K\x01\x87R(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89U\x02\x01\x00tb.",
	} {
		f.Add([]byte(s))
	}
}

// FuzzDecode checks that nothing panics, that limits hold, and that both forms
// stay JSON.
func FuzzDecode(f *testing.F) {
	addSeeds(f)
	lim := value.Limits{Depth: 100, Nodes: 10_000, Memo: 10_000, Text: 1 << 16, Output: 1 << 20}
	f.Fuzz(func(t *testing.T, data []byte) {
		pickle.Detect(data)
		doc := pickle.Decode(data, lim)
		if n := doc.Consumed(); n < 0 || n > len(data) {
			t.Fatalf("consumed %d of %d", n, len(data))
		}
		if err := doc.Err(); err != nil && (err.Offset < 0 || err.Offset > len(data)) {
			t.Fatalf("error at %d of %d", err.Offset, len(data))
		}
		out := doc.AppendStructure([]byte("before"))
		if string(out[:6]) != "before" || !json.Valid(out[6:]) {
			t.Fatalf("not JSON: %.500s", out)
		}
		reading, _ := decode.AppendJSON(nil, doc.Value(), lim)
		if !json.Valid(reading) {
			t.Fatalf("not JSON: %.500s", reading)
		}
		doc.Flags()
		for _, v := range doc.Discarded() {
			decode.AppendJSON(nil, v, value.Limits{Depth: 20, Nodes: 100, Output: 1 << 12})
		}
	})
}

// FuzzDisassemble checks that a listing covers the data it lists without gaps.
func FuzzDisassemble(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		ops := pickle.Disassemble(data, 1000)
		at := 0
		for i, op := range ops {
			if op.Offset != at || op.Size < 1 || op.Depth < 0 {
				t.Fatalf("opcode %d: %+v, want it at %d", i, op, at)
			}
			if op.Err != "" && i != len(ops)-1 {
				t.Fatalf("opcode %d is not the last, but has an error: %+v", i, op)
			}
			at += op.Size
		}
		if at > len(data) {
			t.Fatalf("opcodes of %d bytes in %d", at, len(data))
		}
	})
}
