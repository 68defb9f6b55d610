package pickle_test

import (
	"bytes"
	"testing"

	"cacheview/decode/pickle"
	"cacheview/decode/value"
)

// TestEveryPrefix cuts good pickles at every byte: the error says that the
// data ran out, at the opcode that it ran out in, and nothing is invented.
func TestEveryPrefix(t *testing.T) {
	t.Parallel()
	pickleCases(t, func(c corpusCase, data []byte) {
		if c.Expected.Error != nil || len(data) > 3000 {
			return
		}
		if bytes.Contains(data, []byte("NumpyArrayWrapper")) { // bytes of arrays are no opcodes
			return
		}
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()
			ops := pickle.Disassemble(data, len(data))
			last := ops[len(ops)-1]
			if last.Name != "STOP" || last.Err != "" {
				t.Fatalf("the opcodes end with %+v", last)
			}
			for _, op := range ops {
				for n := op.Offset; n < op.Offset+op.Size; n++ {
					doc := pickle.Decode(data[:n], value.Limits{})
					err := doc.Err()
					if err == nil || err.Kind != value.Truncated || err.Offset != op.Offset {
						t.Fatalf("cut at %d: %v, want truncated at %d", n, err, op.Offset)
					}
					if n%7 == 0 { // what was read can be looked at
						value.Walk(doc.Value(), func(p value.Path, _ value.Value) bool { return len(p) < 20 })
						doc.AppendStructure(nil)
					}
				}
			}
		})
	})
}
