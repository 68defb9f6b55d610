package pickle

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"cacheview/decode/value"
)

// TestProbes compares the whole envelope of small pickles that each try one
// thing, good or bad, with the oracle's. Where the oracle says that readers
// may differ, ours has to end well and is compared no further.
func TestProbes(t *testing.T) {
	py := python(t)
	dir := t.TempDir()
	if out, err := exec.Command(py, "testdata/tools/mk_hostile.py", dir).CombinedOutput(); err != nil {
		t.Fatalf("mk_hostile.py: %v\n%s", err, out)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.pkl"))
	if err != nil || len(files) < 100 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".pkl")
		if strings.HasPrefix(name, "B_") {
			continue // bombs are for TestHostile
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var want, notes bytes.Buffer
			oracle := exec.Command(py, "testdata/tools/oracle.py", path)
			oracle.Stdout, oracle.Stderr = &want, &notes
			if err := oracle.Run(); err != nil {
				t.Fatalf("oracle.py: %v\n%s", err, notes.Bytes())
			}
			got := Decode(read(t, path), value.Limits{}).AppendStructure(nil)
			diff := differJSON(got, want.Bytes())
			if diff == "" {
				return
			}
			if strings.Contains(notes.String(), "lenient:") {
				t.Logf("readers may differ: %s\n got %s\nwant %s", notes.Bytes(), got, want.Bytes())
				return
			}
			t.Errorf("%s\n got %s\nwant %s", diff, got, want.Bytes())
		})
	}
}
