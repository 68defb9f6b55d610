package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestDecodeCorpus runs every string of the corpus through decode --json, all
// in one go: each must come out as one line of JSON that has the contract's
// members and no byte that a terminal would act on.
func TestDecodeCorpus(t *testing.T) {
	t.Parallel()
	files := corpusStrings(t)
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "cacheview", append([]string{"decode", "--json"}, files...)...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	_ = cmd.Run()
	status := cmd.ProcessState.ExitCode()
	if status != exitDone && status != exitError {
		t.Fatalf("exit status %d: %s", status, errs.String())
	}
	if errs.Len() > 0 {
		t.Errorf("unexpected words on the error stream: %s", errs.String())
	}
	lines := bufio.NewScanner(&out)
	lines.Buffer(nil, 512<<20)
	n, failed := 0, false
	for ; lines.Scan(); n++ {
		if n == len(files) {
			t.Fatal("more lines than files")
		}
		failed = checkDecoded(t, files[n], lines.Bytes()) || failed
	}
	if err := lines.Err(); err != nil {
		t.Error(err)
	}
	if n != len(files) {
		t.Errorf("%d lines for %d files", n, len(files))
	}
	if failed != (status == exitError) {
		t.Errorf("exit status %d, though an error was reported: %v", status, failed)
	}
}

// checkDecoded checks one line and returns whether it reports an error.
func checkDecoded(t *testing.T, file string, line []byte) bool {
	t.Helper()
	var got struct {
		File   string
		Layers []string
		Value  json.RawMessage
		Error  *struct {
			Format, Kind, Path, Message string
			Offset                      *int
		}
		Flags []string
		Also  [][]string
		View  *struct {
			Kind, Text string
			Columns    []string
			Rows       [][]json.RawMessage
			Truncated  bool
		}
		Rest *int
	}
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&got); err != nil {
		t.Errorf("%s: %v: %.200s", file, err, line)
		return false
	}
	if got.File != file || got.Layers == nil || got.Value == nil || got.Flags == nil || got.Rest == nil {
		t.Errorf("%s: a member is missing: %.200s", file, line)
	}
	if e := got.Error; e != nil && (e.Format == "" || e.Kind == "" || e.Message == "" || e.Offset == nil) {
		t.Errorf("%s: the error is incomplete: %.200s", file, line)
	}
	for _, r := range terminalControls() {
		if bytes.Contains(line, []byte(string(r))) {
			t.Errorf("%s: control character %U on the output", file, r)
		}
	}
	return got.Error != nil
}

// terminalControls are the characters that a terminal acts on.
func terminalControls() []rune {
	var runes []rune
	for _, span := range [][2]rune{{0, 0x1f}, {0x7f, 0x9f}, {0x202a, 0x202e}, {0x2066, 0x2069}} {
		for r := span[0]; r <= span[1]; r++ {
			runes = append(runes, r)
		}
	}
	return runes
}

// corpusStrings lists the files of the corpus that are values of strings.
func corpusStrings(t *testing.T) []string {
	t.Helper()
	dir := corpus(t)
	manifest, err := os.ReadFile(filepath.Join(dir, "manifest.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for line := range bytes.Lines(manifest) {
		var c struct {
			File string `json:"value_file"`
			Type string
		}
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		if c.Type == "string" {
			files = append(files, filepath.Join(dir, c.File))
		}
	}
	if len(files) < 100 {
		t.Fatalf("only %d values in the corpus", len(files))
	}
	return files
}
