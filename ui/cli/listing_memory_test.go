package cli

import (
	"bufio"
	"os"
	"strconv"
	"testing"

	"cacheview/inspect/inspecttest"
	"cacheview/ui/human"
)

// TestListingsTakeLittleMemory lists many keys and many more: what is kept does
// not grow with them.
func TestListingsTakeLittleMemory(t *testing.T) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("no /proc tells what memory a process takes")
	}
	t.Parallel()
	s := inspecttest.Start(t, "--enable-debug-command", "yes")
	const many, more, most = 150_000, 300_000, 1_000_000
	for db, n := range []int{many, more, most} {
		s.Dial(db).Do("DEBUG", "POPULATE", strconv.Itoa(n))
	}
	for _, tt := range []struct {
		db, n int
		args  []string
	}{{2, most, []string{"ls"}}, {1, more, []string{"ls", "--json"}}} {
		args := tt.args
		base, peak := listed(t, s, 0, many, args), listed(t, s, tt.db, tt.n, args)
		t.Logf("%q: %s, and %s for less", args, human.Size(int64(peak)), human.Size(int64(base)))
		if peak > base+24<<20 {
			t.Errorf("%q: %d bytes, and %d for less", args, peak, base)
		}
	}
}

// listed lists n keys and returns what memory the program had before the last of
// them.
func listed(t *testing.T, s *inspecttest.Server, db, n int, args []string) (peak int) {
	t.Helper()
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	cmd := start(t, in, append(args, "-u", s.URL(db))...)
	_ = in.Close()
	rows := 0
	for lines := bufio.NewScanner(out); lines.Scan(); rows++ {
		if rows == n*9/10 {
			peak = memory(t, cmd)
		}
	}
	if err := cmd.Wait(); err != nil || rows != n {
		t.Errorf("%q: %d rows, %v", args, rows, err)
	}
	return peak
}
