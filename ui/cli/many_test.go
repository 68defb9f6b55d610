package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"cacheview/inspect/inspecttest"
	"cacheview/ui/human"
)

// TestManyKeys deletes many keys and undoes it, with a journal that takes them all
// and with one that takes half of them: what the report calls undoable comes
// back, byte for byte, in little memory.
func TestManyKeys(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		config string
		whole  bool
	}{
		"all":  {"", true},
		"half": {"undo_limit = " + strconv.Itoa(manyKeys*47/2), false}, // a key of 64 bytes takes about 47 of a journal
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := inspecttest.Start(t, "--enable-debug-command", "yes")
			w := s.Dial(0)
			w.Do("DEBUG", "POPULATE", strconv.Itoa(manyKeys), "key", "64")
			w.Do("SET", "other", "kept")
			before := w.Text("DEBUG", "DIGEST")
			home := t.TempDir()
			config := filepath.Join(home, "config.toml")
			write(t, config, tt.config+"\n")
			run := func(report any, args ...string) {
				t.Helper()
				cmd := exec.CommandContext(t.Context(), "cacheview", append(args, "--json", "-u", s.URL(0))...)
				cmd.Env = append(os.Environ(), "HOME="+home, "XDG_STATE_HOME="+home, "CACHEVIEW_CONFIG="+config)
				var out, errs bytes.Buffer
				cmd.Stdout, cmd.Stderr = &out, &errs
				begun := time.Now()
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				peak := mostMemory(cmd.Process.Pid)
				partly := !tt.whole && args[0] == "clear"
				if err := cmd.Wait(); (err != nil) != partly || partly && cmd.ProcessState.ExitCode() != exitPartly {
					t.Fatalf("%q: %v: %s", args, err, &errs)
				}
				if err := json.Unmarshal(out.Bytes(), report); err != nil {
					t.Fatalf("%v: %s", err, &out)
				}
				t.Logf("%s: %s of memory, %s, of which %s were its own", args[0], human.Size(peak), time.Since(begun).Round(time.Millisecond), (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Round(time.Millisecond))
				if most := int64(64<<20 + 300*manyKeys); peak > most {
					t.Errorf("%s takes %s of memory, more than %s", args[0], human.Size(peak), human.Size(most))
				}
			}
			var deleted struct {
				Planned, Deleted, Failed int
				NotCopied                int `json:"not_copied"`
			}
			run(&deleted, "clear", "--yes", "key:")
			left := deleted.NotCopied // what the journal has no room for stays
			if deleted.Planned != manyKeys || deleted.Deleted != manyKeys-left || int(w.Int("DBSIZE")) != left+1 {
				t.Errorf("%+v, and %d keys are left", deleted, w.Int("DBSIZE"))
			}
			if tt.whole != (left == 0) || left > manyKeys*3/4 {
				t.Errorf("%d of %d could not be copied", left, manyKeys)
			}
			journals, _ := filepath.Glob(filepath.Join(home, "cacheview", "undo", "*.undo"))
			if len(journals) != 1 {
				t.Fatalf("%d journals", len(journals))
			}
			info, err := os.Stat(journals[0])
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("journal: %s", human.Size(info.Size()))
			// The limit is of the copies, without the frames around them.
			if !tt.whole && info.Size() > int64(manyKeys*47/2+32*deleted.Deleted+4096) {
				t.Errorf("the journal has %d bytes", info.Size())
			}
			var undone struct{ Planned, Restored, Failed int }
			run(&undone, "undo")
			if undone.Restored != manyKeys-left || w.Int("DBSIZE") != manyKeys+1 {
				t.Errorf("%+v, and %d keys are there", undone, w.Int("DBSIZE"))
			}
			if after := w.Text("DEBUG", "DIGEST"); after != before {
				t.Errorf("what came back is not what was there")
			}
		})
	}
}

// mostMemory follows a process to its end, and returns the most memory that it was
// seen to have, in bytes; 0 where no /proc tells. What the kernel tells of a
// process that has ended counts that of its parent, too.
func mostMemory(pid int) (peak int64) {
	for ; ; time.Sleep(time.Millisecond) {
		status, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
		_, most, running := strings.Cut(string(status), "VmHWM:")
		if !running {
			return peak
		}
		kb, _ := strconv.ParseInt(strings.Fields(most)[0], 10, 64)
		peak = kb << 10
	}
}
