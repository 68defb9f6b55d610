package pickle

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"cacheview/decode/value"
)

// python returns an interpreter. Without one the test is skipped, unless the
// environment says that there has to be one.
func python(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"/usr/bin/python3", "python3"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CACHEVIEW_REQUIRE_PYTHON") == "1" {
		t.Fatal("no python3")
	}
	t.Skip("no python3")
	return ""
}

// TestAgreesWithOracle compares the structure form of random pickles, and of
// random damage to them, with what an independent reader in Python says.
// PICKLE_SEEDS and PICKLE_FIRST_SEED choose how many and which.
func TestAgreesWithOracle(t *testing.T) {
	t.Parallel()
	py := python(t)
	dir := t.TempDir()
	run := exec.Command(py, "testdata/tools/gen_random.py", "--out", dir,
		"--seed", env("PICKLE_FIRST_SEED", "1"), "--count", env("PICKLE_SEEDS", "150"), "--mutants", "4", "--max-bytes", "60000")
	run.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("gen_random.py: %v\n%s", err, out)
	}
	manifest, err := os.Open(filepath.Join(dir, "manifest.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer manifest.Close()
	lines := bufio.NewScanner(manifest)
	cases, failed := 0, 0
	for lines.Scan() && failed < 10 {
		var c struct{ File, Tree, Envelope string }
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		data := read(t, filepath.Join(dir, c.File))
		got := Decode(data, value.Limits{}).AppendStructure(nil)
		want := read(t, filepath.Join(dir, c.Tree+c.Envelope))
		if c.Tree != "" {
			got = member(t, got, "value")
		}
		if diff := differJSON(got, want); diff != "" {
			failed++
			t.Errorf("%s: %s\n got %.2000s\nwant %.2000s\ndata %.600q", c.File, diff, got, want, data)
		}
		cases++
	}
	t.Logf("%d pickles", cases)
}

func env(name, otherwise string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return otherwise
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// member returns one member of a JSON object as it is written.
func member(t testing.TB, object []byte, name string) []byte {
	t.Helper()
	var members map[string]json.RawMessage
	if err := json.Unmarshal(object, &members); err != nil {
		t.Fatalf("%v in %.200s", err, object)
	}
	return members[name]
}

// differJSON says where two JSON texts first differ, empty when they do not.
// Ints and floats are different, and so are two orders of members.
func differJSON(got, want []byte) string {
	a, b := json.NewDecoder(bytes.NewReader(got)), json.NewDecoder(bytes.NewReader(want))
	a.UseNumber()
	b.UseNumber()
	for n := 0; ; n++ {
		x, errX := a.Token()
		y, errY := b.Token()
		if errors.Is(errX, io.EOF) && errors.Is(errY, io.EOF) {
			return ""
		}
		if errX != nil || errY != nil {
			return fmt.Sprintf("token %d: %v, %v", n, errX, errY)
		}
		if p, ok := x.(json.Number); ok {
			if q, ok := y.(json.Number); ok && sameNumber(string(p), string(q)) {
				continue
			}
		}
		if x != y {
			return fmt.Sprintf("token %d: %v, want %v", n, x, y)
		}
	}
}

// sameNumber compares numbers whose exponents may be spelled differently.
func sameNumber(a, b string) bool {
	if isFloat(a) != isFloat(b) {
		return false
	}
	if !isFloat(a) {
		return a == b
	}
	x, _ := strconv.ParseFloat(a, 64)
	y, _ := strconv.ParseFloat(b, 64)
	return x == y && a[0] == b[0]
}

func isFloat(s string) bool { return bytes.ContainsAny([]byte(s), ".eE") }
