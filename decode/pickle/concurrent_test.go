package pickle_test

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"cacheview/decode/pickle"
	"cacheview/decode/value"
)

// TestDecode_Concurrent decodes the pickles of the corpus in several goroutines,
// which share the pool of machines. A document must keep its value while others
// are decoded.
func TestDecode_Concurrent(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("..", "testdata", "corpus", "values", "*.bin"))
	if err != nil || len(files) < 20 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	var raws [][]byte
	var want []string
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if len(raw) > 1<<16 {
			continue
		}
		raws = append(raws, raw)
		want = append(want, string(pickle.Decode(raw, value.Limits{}).AppendStructure(nil)))
	}
	var group sync.WaitGroup
	for worker := range 4 {
		group.Go(func() {
			for i := range raws {
				n := (i + worker*len(raws)/4) % len(raws)
				if got := string(pickle.Decode(raws[n], value.Limits{}).AppendStructure(nil)); got != want[n] {
					t.Errorf("value %d: %.80q, want %.80q", n, got, want[n])
				}
			}
		})
	}
	group.Wait()
}
