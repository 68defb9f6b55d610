//go:build !race

// The race detector slows decoding tenfold, and these tests are about seconds
// and memory: make test runs them on their own without it.

package pickle_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"cacheview/decode"
	"cacheview/decode/pickle"
	"cacheview/decode/value"
)

// bombEnv names the pickle that TestBomb reads in a process of its own, whose
// time and memory TestHostile then measures.
const bombEnv = "PICKLE_BOMB"

// shownLimits bound what is written for people by what was read: sharing may
// not make a page of text out of every byte.
func shownLimits(size int) value.Limits {
	return value.Limits{Output: int64(min(256<<20, 16<<20+8*size)), Nodes: min(20_000_000, 1_000_000+size/4)}
}

// TestBomb does everything that the program does with a pickle and prints how
// the structure form ended.
func TestBomb(t *testing.T) {
	path := os.Getenv(bombEnv)
	if path == "" {
		return // TestHostile runs it
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	pickle.Detect(data)
	var outcome string
	switch what := os.Getenv(bombEnv + "_FORM"); what {
	case "structure":
		outcome = envelopeOutcome(t, pickle.Decode(data, value.Limits{}).AppendStructure(nil))
	case "reading":
		doc := pickle.Decode(data, value.Limits{})
		doc.Flags()
		outcome = "ok"
		if doc.Err() != nil {
			outcome = fmt.Sprintf("%s@%d", doc.Err().Kind, doc.Err().Offset)
		}
		if _, err := decode.AppendJSON(nil, doc.Value(), shownLimits(len(data))); err != nil {
			outcome = "limit"
		}
	}
	pickle.Disassemble(data, 10_000)
	fmt.Printf("\noutcome %s\n", outcome)
}

// envelopeOutcome is ok, or the kind of the error and its offset.
func envelopeOutcome(t *testing.T, envelope []byte) string {
	t.Helper()
	if bytes.HasPrefix(envelope, []byte(`{"ok":true,`)) {
		return "ok"
	}
	_, rest, _ := bytes.Cut(envelope, []byte(`"error":`))
	var e struct {
		Kind   string
		Offset int
	}
	if err := json.NewDecoder(bytes.NewReader(rest)).Decode(&e); err != nil {
		t.Fatalf("%v in %.200s", err, envelope)
	}
	return fmt.Sprintf("%s@%d", e.Kind, e.Offset)
}

func TestHostile(t *testing.T) {
	py := python(t)
	dir := t.TempDir()
	if out, err := exec.Command(py, "testdata/tools/mk_hostile.py", dir).CombinedOutput(); err != nil {
		t.Fatalf("mk_hostile.py: %v\n%s", err, out)
	}
	limits, err := os.Open("testdata/tools/limits.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer limits.Close()
	for lines := bufio.NewScanner(limits); lines.Scan(); {
		var c struct {
			File       string
			Accept     []string
			MaxSeconds float64 `json:"max_seconds"`
			MaxRSS     int64   `json:"max_rss_mb"`
		}
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		for _, form := range []string{"structure", "reading"} {
			t.Run(strings.TrimSuffix(c.File, ".pkl")+"/"+form, func(t *testing.T) {
				run := exec.Command(os.Args[0], "-test.run=^TestBomb$")
				run.Env = append(os.Environ(), bombEnv+"="+filepath.Join(dir, c.File), bombEnv+"_FORM="+form)
				start := time.Now()
				out, err := run.CombinedOutput()
				took := time.Since(start)
				if err != nil {
					t.Fatalf("%v\n%.2000s", err, out)
				}
				if cpu := run.ProcessState.UserTime() + run.ProcessState.SystemTime(); cpu < took {
					took = cpu // the rest was spent waiting for other programs
				}
				usage := run.ProcessState.SysUsage().(*syscall.Rusage)
				// On busy cores the same work takes up to twice the CPU time, with
				// the race detector as well. What must be caught takes minutes.
				if took.Seconds() > 4*c.MaxSeconds || usage.Maxrss>>10 > c.MaxRSS {
					t.Errorf("%v and %d MB, want at most %v s and %d MB", took, usage.Maxrss>>10, 4*c.MaxSeconds, c.MaxRSS)
				}
				_, got, _ := strings.Cut(string(out), "outcome ")
				got, _, _ = strings.Cut(got, "\n")
				t.Logf("%s in %v and %d MB", got, took.Round(time.Millisecond), usage.Maxrss>>10)
				if form == "structure" && !slices.Contains(c.Accept, got) && !slices.Contains(c.Accept, strings.Split(got, "@")[0]) {
					t.Errorf("ended as %q, want one of %q", got, c.Accept)
				}
			})
		}
	}
}

// python returns an interpreter, as for the differential test.
func python(t *testing.T) string {
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
