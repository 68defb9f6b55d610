package pickle

import (
	"bytes"
	"encoding/json"
	"io"
	"os/exec"
	"slices"
	"testing"

	"cacheview/decode/value"
)

// TestOpcodePrograms compares the whole envelope of random programs of
// opcodes, which reach what no pickler writes, with the oracle's.
func TestOpcodePrograms(t *testing.T) {
	t.Parallel()
	py := python(t)
	run := exec.Command(py, "testdata/tools/gen_opcodes.py", env("PICKLE_FIRST_SEED", "1"), env("PICKLE_PROGRAMS", "4000"))
	out, err := run.Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := json.NewDecoder(bytes.NewReader(out))
	compared, whole, failed := 0, 0, 0
	for failed < 10 {
		var c struct {
			Data     []byte
			Envelope string
			Soft     []string
		}
		if err := lines.Decode(&c); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		got := Decode(c.Data, value.Limits{}).AppendStructure(nil)
		if slices.Contains(c.Soft, "reduce-args") || slices.Contains(c.Soft, "newobj-args") {
			continue // CPython refuses these, and so do we where it is certain
		}
		compared++
		if c.Envelope[:10] == `{"ok":true` {
			whole++
		}
		if diff := differJSON(got, []byte(c.Envelope)); diff != "" {
			failed++
			t.Errorf("%s\n got %.1500s\nwant %.1500s\ndata %q soft %q", diff, got, c.Envelope, c.Data, c.Soft)
		}
	}
	t.Logf("%d programs compared, %d of them whole", compared, whole)
	if whole < compared/10 {
		t.Errorf("only %d of %d programs run to STOP", whole, compared)
	}
}
