package decode_test

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// TestScore_DetectorOnRealWriters reads random values that PHP, Ruby and Node
// wrote with their own serializers (testdata/writers), by one process each. A
// language that is not installed is skipped, unless CACHEVIEW_REQUIRE_PYTHON
// is set.
func TestScore_DetectorOnRealWriters(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ command, script string }{
		{"php", "write.php"},
		{"ruby", "write.rb"},
		{"node", "write.js"},
	} {
		t.Run(tt.command, func(t *testing.T) {
			t.Parallel()
			path, err := exec.LookPath(tt.command)
			if err != nil {
				if os.Getenv("CACHEVIEW_REQUIRE_PYTHON") != "" {
					t.Fatal(err)
				}
				t.Skipf("%s is not installed", tt.command)
			}
			seed, n := detectSeed(t, 2000)
			// The writers take seeds of 32 bits.
			run := exec.Command(path, "testdata/writers/"+tt.script, strconv.FormatUint(seed%(1<<31), 10), strconv.Itoa(n))
			var complaints bytes.Buffer
			run.Stderr = &complaints
			out, err := run.Output()
			if err != nil {
				t.Fatalf("%s: %v\n%s", tt.script, err, complaints.Bytes())
			}
			all, read := scores{}, 0
			lines := bufio.NewScanner(bytes.NewReader(out))
			lines.Buffer(nil, 1<<20)
			for ; lines.Scan(); read++ {
				fields := strings.Split(lines.Text(), "\t")
				if len(fields) != 4 {
					t.Fatalf("%s: line %q", tt.script, lines.Text())
				}
				raw, err := hex.DecodeString(fields[3])
				if err != nil {
					t.Fatal(err)
				}
				all.judge(t, producer{name: fields[0], own: fields[1], proof: fields[2] == "1"}, raw, seed)
			}
			if err := lines.Err(); err != nil || read != n {
				t.Fatalf("%s: %d of %d values, %v", tt.script, read, n, err)
			}
			all.report(t, seed)
		})
	}
}
