package cli

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"cacheview/inspect/inspecttest"
	"cacheview/ui/human"
)

const nameLength = 100_000

// longNames are names that are cut on every screen, each in its own way.
func longNames() []string {
	var names []string
	for _, s := range []string{"n", "漢", "e\u0301", "\x1b[31m", "\xff", "\n", "a:", "\u202e"} {
		names = append(names, strings.Repeat(s, nameLength/len(s)))
	}
	return names
}

// fillHuge writes a string and a hash that are too large to be kept, and returns
// the digest of the string.
func fillHuge(t *testing.T, s *inspecttest.Server) (digest [sha256.Size]byte) {
	t.Helper()
	w := s.Dial(0)
	source, sum := rand.NewChaCha8([32]byte{1}), sha256.New()
	chunk := make([]byte, 1<<20)
	for at := 0; at < hugeString; at += len(chunk) {
		_, _ = source.Read(chunk)
		_, _ = sum.Write(chunk)
		w.Do("SETRANGE", "huge:string", strconv.Itoa(at), string(chunk))
	}
	const batch = 5000
	value := strings.Repeat("v", hugeField)
	for from := 0; from < hugeFields; from += batch {
		args := []string{"HSET", "huge:hash"}
		for i := range batch {
			args = append(args, "field:"+strconv.Itoa(from+i), value)
		}
		w.Do(args...)
	}
	if n, fields := w.Int("STRLEN", "huge:string"), w.Int("HLEN", "huge:hash"); n != hugeString || fields != hugeFields {
		t.Fatalf("%d bytes, %d fields", n, fields)
	}
	return [sha256.Size]byte(sum.Sum(nil))
}

// memory is the most that a process has had, in bytes.
func memory(t *testing.T, cmd *exec.Cmd) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	_, peak, _ := strings.Cut(string(status), "VmHWM:")
	kb, err := strconv.Atoi(strings.Fields(peak + " ?")[0])
	if err != nil {
		t.Fatal(err)
	}
	return kb << 10
}

// rawOf reads a string through get --raw, and returns its digest and what memory
// the program had before its last bytes.
func rawOf(t *testing.T, s *inspecttest.Server, key string, size int64) (digest [sha256.Size]byte, peak int) {
	t.Helper()
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	cmd := start(t, in, "get", "--raw", "-u", s.URL(0), key)
	_ = in.Close()
	sum := sha256.New()
	if _, err := io.CopyN(sum, out, size-1<<20); err != nil {
		t.Fatal(err)
	}
	peak = memory(t, cmd)
	if n, err := io.Copy(sum, out); err != nil || n != 1<<20 {
		t.Errorf("%d bytes at the end, %v", n, err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	return [sha256.Size]byte(sum.Sum(nil)), peak
}

// bounded fails when the program needed memory in proportion to what it looked at.
func bounded(t *testing.T, what string, base, peak int) {
	t.Helper()
	t.Logf("%s: %s, and %s for what is small", what, human.Size(int64(peak)), human.Size(int64(base)))
	if peak > base+hugeString/2 {
		t.Errorf("%s took %d bytes, and %d for what is small", what, peak, base)
	}
}

// TestHuge lists, looks through, reads, plans, deletes and undoes what is larger
// than anything the program keeps.
func TestHuge(t *testing.T) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("there is no /proc to measure by")
	}
	t.Parallel()
	s := inspecttest.Start(t)
	w := s.Dial(0)
	digest := fillHuge(t, s)
	w.Do("SETRANGE", "small", strconv.Itoa(2<<20-1), "x")
	_, base := rawOf(t, s, "small", 2<<20)
	got, peak := rawOf(t, s, "huge:string", hugeString)
	if got != digest {
		t.Error("get --raw has other bytes")
	}
	bounded(t, "get --raw", base, peak)
	w.Do("DEL", "small")
	names := longNames()
	for _, name := range names {
		w.Do("SET", name, "value", "PX", "90000000")
	}
	lookAtHuge(t, s)
	deleteHuge(t, s, names)
}

// lookAtHuge goes through the windows of both on the screen, and compares its
// memory with that of a session that sees as much of a small server.
func lookAtHuge(t *testing.T, s *inspecttest.Server) {
	t.Helper()
	small := inspecttest.Start(t)
	w := small.Dial(0)
	w.Do("SETRANGE", "huge:string", strconv.Itoa(16<<20-1), "x")
	for i := range 500 {
		w.Do("HSET", "huge:hash", "field:"+strconv.Itoa(i), strings.Repeat("v", hugeField))
	}
	peaks := map[*inspecttest.Server]int{}
	for _, s := range []*inspecttest.Server{small, s} {
		p := openTerminal(t, 120, 40, "-u", s.URL(0))
		p.press("/", "huge:", "\r")
		p.shows("prefix huge:")
		p.shows("00000000  ", "G") // until the list is that of the filter
		p.press("k")
		p.shows("field:")
		p.press("\t")
		p.press("G")
		if s != small {
			p.shows(human.Count(hugeFields))
			// The cursor at the end of a window brings the next one.
			p.shows("5,5", "G")
		}
		peaks[s] = memory(t, p.cmd)
	}
	bounded(t, "the screen", peaks[small], peaks[s])
}

// deleteHuge deletes both and the long names, undoes it, and looks at every byte
// that can be brought back.
func deleteHuge(t *testing.T, s *inspecttest.Server, names []string) {
	t.Helper()
	w, state := s.Dial(0), t.TempDir()
	run := func(args ...string) (string, error) {
		cmd := exec.CommandContext(t.Context(), "cacheview", append(args, "-u", s.URL(0))...)
		cmd.Env = append(os.Environ(), "HOME="+state, "XDG_STATE_HOME="+state)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		err := cmd.Run()
		return out.String(), err
	}
	if out, err := run("del", "--dry-run", "huge:string", "huge:hash"); err != nil || !strings.Contains(out, "too large to be undone: skipped") {
		t.Errorf("%v, %s", err, out)
	}
	for _, key := range []string{"huge:string", "huge:hash"} {
		if out, err := run("get", "--max-bytes", "100000", key); err == nil || !strings.HasSuffix(out, "the value is larger than what was read; see --max-bytes\n") {
			t.Errorf("get %s: %v, %q", key, err, out[max(0, len(out)-200):])
		}
	}
	if out, err := run("clear", "--all", "--dry-run"); err != nil || !strings.Contains(out, "2 keys too large, skipped") {
		t.Errorf("%v, %s", err, out)
	}
	before := map[string]string{}
	for _, name := range names {
		before[name] = w.Text("DUMP", name) + " " + strconv.FormatInt(w.Int("PEXPIRETIME", name), 10)
	}
	// What is too large for a copy is left, and goes only without one.
	out, err := run("clear", "--yes", "--match", "*", "--confirm", "db0")
	if err == nil || w.Int("DBSIZE") != 2 {
		t.Errorf("%d are left, %v, %s", w.Int("DBSIZE"), err, out)
	}
	if out, err := run("del", "--yes", "--no-undo", "huge:string", "huge:hash"); err != nil || w.Int("DBSIZE") != 0 {
		t.Errorf("%d are left, %v, %s", w.Int("DBSIZE"), err, out)
	}
	if s.Calls("unlink") == 0 || s.Calls("flushdb") != 0 {
		t.Errorf("unlink %d, flushdb %d", s.Calls("unlink"), s.Calls("flushdb"))
	}
	journals, _ := filepath.Glob(filepath.Join(state, "cacheview", "undo", "*"))
	for _, name := range journals {
		if info, err := os.Stat(name); err != nil || info.Size() > int64(2*len(names)*nameLength) {
			t.Errorf("the journal has %d bytes, %v", info.Size(), err)
		}
	}
	if out, err := run("undo"); err != nil || w.Int("DBSIZE") != int64(len(names)) {
		t.Errorf("%d came back, %v, %s", w.Int("DBSIZE"), err, out)
	}
	for _, name := range names {
		if now := w.Text("DUMP", name) + " " + strconv.FormatInt(w.Int("PEXPIRETIME", name), 10); now != before[name] {
			t.Errorf("%.20q… came back otherwise", name)
		}
	}
}

// TestLongNamesOnASmallScreen deletes and undoes each of the names at 40x10,
// where no line of any view or dialog may be wider than the screen.
func TestLongNamesOnASmallScreen(t *testing.T) {
	t.Parallel()
	s := inspecttest.Start(t)
	w := s.Dial(0)
	for _, name := range longNames() {
		w.Do("FLUSHALL")
		w.Do("SET", name, "value")
		dump := w.Text("DUMP", name)
		p := openTerminal(t, 40, 10, "-u", s.URL(0))
		p.shows("never")
		whole := func() {
			t.Helper()
			lines := strings.Split(strings.TrimRight(p.out.screen(), "\n"), "\n")
			if len(lines) != 10 || !strings.Contains(lines[0], "db 0") || !strings.HasPrefix(lines[1], "╭") || !strings.HasPrefix(lines[8], "╰") {
				t.Errorf("%.10q: the screen is not whole:\n%s", name, strings.Join(lines, "\n"))
			}
		}
		whole()
		p.press("\r")
		p.shows("value")
		whole()
		p.press("\t")
		p.shows("1 ─╮")
		p.press("d")
		p.shows("Delete 1 key?")
		whole()
		p.answers("Delete 1 key?", "y", "deleted 1 key")
		whole()
		if n := w.Int("DBSIZE"); n != 0 {
			t.Errorf("%.10q: %d keys are left", name, n)
		}
		p.press("u")
		p.shows("restored 1 key")
		whole()
		if w.Text("DUMP", name) != dump {
			t.Errorf("%.10q came back otherwise", name)
		}
		p.press("\x03")
		_ = p.cmd.Wait()
	}
}
