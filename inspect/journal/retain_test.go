package journal

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// aged writes a journal and dates it, in its header and on the file system.
func aged(t *testing.T, d Dir, when time.Time) string {
	t.Helper()
	w, err := d.Begin(Header{Op: "delete", When: when}, 0)
	if err != nil {
		t.Fatal(err)
	}
	b := w.Begin()
	if _, err := b.Add(testRecord(1)); err != nil {
		t.Fatal(err)
	}
	if err := b.CommitAll(Done); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(filepath.Join(d.Path, w.ID()+ext), when, when); err != nil {
		t.Fatal(err)
	}
	return w.ID()
}

// TestMakeRoom evicts by age and bytes what was announced before, and by no clock
// alone.
func TestMakeRoom(t *testing.T) {
	t.Parallel()
	now := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	day := 24 * time.Hour
	for name, tt := range map[string]struct {
		when, now time.Time
		rounds    int // one a day
		gone      bool
	}{
		"older than a week":       {now.Add(-8 * day), now, 3, true},
		"announced first":         {now.Add(-8 * day), now, 1, false},
		"younger":                 {now.Add(-3 * day), now, 3, false},
		"written in 1970":         {time.Unix(1000, 0), now, 5, false},
		"written in 2099":         {now.AddDate(72, 0, 0), now, 5, false},
		"the clock says 2099 now": {now.Add(-day), now.AddDate(72, 0, 0), 5, false},
		"the clock says 1970 now": {now.Add(-day), time.Unix(1000, 0), 5, false},
	} {
		d := testDir(t)
		aged(t, d, tt.when)
		for i := range tt.rounds {
			d.Now = func() time.Time { return tt.now.Add(time.Duration(i) * (day + time.Hour)) }
			if _, err := d.MakeRoom(0); err != nil {
				t.Fatal(err)
			}
		}
		if list, _ := d.List(); (len(list) == 0) != tt.gone {
			t.Errorf("%s: %+v", name, list)
		}
	}

	// By bytes: the oldest by sequence, whatever their dates, and announced first.
	d := testDir(t)
	first, second := aged(t, d, now.Add(day)), aged(t, d, now)
	d.MaxBytes, d.Now = 1200, func() time.Time { return now }
	room, err := d.MakeRoom(0)
	if err != nil || len(room.Evicted) != 0 || len(room.Expiring) != 1 || room.Expiring[0].ID != first {
		t.Fatalf("%+v, %v", room, err)
	}
	room, err = d.MakeRoom(0)
	if err != nil || len(room.Evicted) != 1 || room.Evicted[0].ID != first {
		t.Fatalf("%+v, %v", room, err)
	}
	if list, _ := d.List(); len(list) != 1 || list[0].ID != second {
		t.Errorf("%+v", list)
	}
	// Never by number.
	d = testDir(t)
	for range 60 {
		aged(t, d, now)
	}
	d.Now = func() time.Time { return now }
	for range 3 {
		if room, err := d.MakeRoom(0); err != nil || len(room.Evicted)+len(room.Expiring) != 0 {
			t.Fatalf("%+v, %v", room, err)
		}
	}
}

// TestList_OrderIsBySequence wants the last operation first, whatever its clock
// said.
func TestList_OrderIsBySequence(t *testing.T) {
	t.Parallel()
	d := testDir(t)
	want := []string{aged(t, d, testWhen.AddDate(70, 0, 0)), aged(t, d, time.Unix(5, 0)), aged(t, d, testWhen)}
	list, err := d.List()
	if err != nil || len(list) != 3 || list[0].ID != want[2] || list[1].ID != want[1] || list[2].ID != want[0] {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestIdentity(t *testing.T) {
	t.Parallel()
	when := testWhen
	a := Identity{RunID: "a", ReplID: "ra", ReplID2: "0000"}
	for name, tt := range map[string]struct {
		id, here Identity
		want     Match
	}{
		"same process":       {a, Identity{RunID: "a", ReplID: "other"}, Same},
		"promoted replica":   {a, Identity{RunID: "b", ReplID: "rb", ReplID2: "ra"}, Same},
		"restarted with RDB": {a, Identity{RunID: "b", ReplID: "ra"}, Same},
		"no replication":     {Identity{RunID: "a", ReplID2: "0000"}, Identity{RunID: "b", ReplID2: "0000"}, Unsure},
		"restarted":          {a, Identity{RunID: "b", ReplID: "rb", Started: when.Add(time.Hour)}, Unsure},
		"ran already":        {a, Identity{RunID: "b", ReplID: "rb", Started: when.Add(-time.Hour)}, Other},
		"silent":             {a, Identity{}, Unsure},
		"silent before":      {Identity{}, a, Unsure},
		"cluster":            {Identity{Nodes: []string{"n1", "n2"}}, Identity{Nodes: []string{"n2", "n3"}}, Same},
		"another cluster":    {Identity{Nodes: []string{"n1"}}, Identity{Nodes: []string{"n3"}}, Other},
		"cluster and server": {Identity{Nodes: []string{"n1"}}, a, Other},
	} {
		if got := tt.id.Compare(tt.here, when); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
