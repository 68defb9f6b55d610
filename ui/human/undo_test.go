package human

import (
	"testing"

	"cacheview/inspect"
)

func TestUndone(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		report inspect.UndoReport
		want   string
	}{
		{inspect.UndoReport{Planned: 3, Restored: 3, Description: "3 keys"}, "restored 3 keys"},
		{inspect.UndoReport{Planned: 3, Restored: 2, Exists: 1, Description: "3 keys"}, "restored 2 keys of 3; 1 exists again and is skipped"},
		{inspect.UndoReport{Planned: 2, Restored: 0, Changed: 2, Description: `prefix "a:"`}, `restored 0 keys of 2 (prefix "a:"); 2 changed since and are skipped`},
		{inspect.UndoReport{Planned: 1, Restored: 1, Description: `key "3 keys"`}, `restored 1 key (key "3 keys")`},
		{inspect.UndoReport{Planned: 2, Restored: 1, Damaged: 1}, "restored 1 key of 2; 1 is damaged in the journal and lost"},
	} {
		if got := Undone(&tt.report); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}
