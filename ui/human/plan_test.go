package human

import (
	"testing"

	"cacheview/inspect"
)

func TestLeft(t *testing.T) {
	for _, tt := range []struct {
		n    int
		want string
	}{
		{0, ""},
		{1, "1 result (2.00 KB) can no longer be used, and stays until expiry"},
		{1200, "1,200 results (2.00 KB) can no longer be used, and stay until expiry"},
	} {
		if got := StaleAfter(&inspect.Plan{StaleEntries: tt.n, StaleBytes: 2048}); got != tt.want {
			t.Errorf("%d: %q, want %q", tt.n, got, tt.want)
		}
	}
}

func TestUndoable(t *testing.T) {
	t.Parallel()
	keys := [][]byte{[]byte("a"), []byte("b")}
	const mb = 1 << 20
	for _, tt := range []struct {
		name  string
		plan  inspect.Plan
		limit int64
		want  string
	}{
		{"all of it", inspect.Plan{Keys: keys, Bytes: mb}, 256 * mb, "can be undone, up to 256 MB"},
		{"journals are off", inspect.Plan{Keys: keys, Bytes: mb}, 0, "cannot be undone"},
		{"much", inspect.Plan{Keys: keys, Bytes: 300 * mb}, 256 * mb, "undo keeps at most 256 MB; the rest is skipped"},
		{"one too large", inspect.Plan{Keys: keys, Bytes: 601 * mb, TooLarge: 1, TooLargeBytes: 600 * mb}, 256 * mb, "can be undone; 1 key too large, skipped"},
		{"all too large", inspect.Plan{Keys: keys, Bytes: 1200 * mb, TooLarge: 2, TooLargeBytes: 1200 * mb}, 256 * mb, "too large to be undone: skipped"},
		{"much, and one too large", inspect.Plan{Keys: keys, Bytes: 900 * mb, TooLarge: 1, TooLargeBytes: 600 * mb}, 256 * mb, "undo keeps at most 256 MB; the rest, and 1 key too large, are skipped"},
	} {
		if got := UndoCoverage(&tt.plan, tt.limit); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}
