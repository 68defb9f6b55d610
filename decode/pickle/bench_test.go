package pickle_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cacheview/decode/pickle"
	"cacheview/decode/value"
)

// BenchmarkDecode reads the pickles of a folder, which
// testdata/tools/bench.py fills and names.
func BenchmarkDecode(b *testing.B) {
	dir := os.Getenv("PICKLE_BENCH")
	if dir == "" {
		b.Skip("run testdata/tools/bench.py")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.pkl"))
	if err != nil {
		b.Fatal(err)
	}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(strings.TrimSuffix(filepath.Base(path), ".pkl"), func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if err := pickle.Decode(data, value.Limits{}).Err(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
