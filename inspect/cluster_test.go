package inspect_test

import (
	"strings"
	"testing"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

func TestClusterIsOneDatabase(t *testing.T) {
	t.Parallel()
	cluster := inspecttest.StartCluster(t, 3)
	const n = 3000
	name := func(i int) string { return []string{"page:", "user[1]:"}[i%2] + itoa(i) }
	cluster.Set(n, name, "value")
	c := open(t, inspect.Config{URL: cluster.Nodes[1].URL(0)}) // it finds out by itself
	if s := c.Server(); s.Mode != "cluster" {
		t.Fatalf("%+v", s)
	}
	if size, err := c.Size(t.Context()); err != nil || size != n {
		t.Errorf("%d keys, %v", size, err)
	}
	if got := listed(t, c, inspect.ScanOptions{}); len(got) != n {
		t.Errorf("%d keys listed", len(got))
	}
	users := listed(t, c, inspect.ScanOptions{Prefix: []byte("user[1]:")})
	if len(users) != n/2 {
		t.Errorf("%d keys with the prefix", len(users))
	}
	keys, err := c.Meta(t.Context(), byteSlices(users...), true)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range keys {
		if !k.Exists || k.Err != nil || k.Meta.Size <= 0 {
			t.Fatalf("%+v", k)
		}
	}
	w, err := c.Read(t.Context(), []byte(users[0]), inspect.ReadOptions{})
	if err != nil || string(w.Raw) != "value" {
		t.Errorf("%q, %v", w.Raw, err)
	}
	if info, err := c.Info(t.Context()); err != nil || info.UsedMemory == 0 {
		t.Errorf("%+v, %v", info, err)
	}

	watching := watch(t, c)
	report := remove(t, c, inspect.Selection{Prefix: []byte("user[1]:")})
	if report.Deleted != n/2 || report.Expired != 0 || report.Undo == "" || report.NotUndoable != 0 {
		t.Errorf("%+v", report)
	}
	until(t, watching, hasAll(users[0], users[1], users[2], users[3]))
	for _, left := range listed(t, c, inspect.ScanOptions{}) {
		if !strings.HasPrefix(left, "page:") {
			t.Fatalf("%q is left", left)
		}
	}
	if cluster.Size() != n/2 {
		t.Errorf("%d keys left", cluster.Size())
	}
	undone, err := c.Undo(t.Context(), "", inspect.UndoOptions{})
	if err != nil || undone.Restored != n/2 || cluster.Size() != n {
		t.Errorf("%+v, %v", undone, err)
	}
	if report := remove(t, c, inspect.Selection{All: true}); report.Deleted != n || cluster.Size() != 0 {
		t.Errorf("%+v, %d left", report, cluster.Size())
	}
}

func TestSentinelLeadsToItsMaster(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Fill(2, 10, itoa, "x")
	addr := srv.StartSentinel("cache")
	two := 2
	c := open(t, inspect.Config{DB: &two, Sentinel: &inspect.Sentinel{Master: "cache", Addrs: []string{addr}}})
	if got := listed(t, c, inspect.ScanOptions{}); len(got) != 10 {
		t.Errorf("%d keys", len(got))
	}
	if report := remove(t, c, inspect.Selection{Keys: byteSlices("1", "2")}); report.Deleted != 2 {
		t.Errorf("%+v", report)
	}
	if n := srv.Dial(2).Int("DBSIZE"); n != 8 {
		t.Errorf("%d keys left", n)
	}
	until(t, func() *inspect.Watch { w := watch(t, c); srv.Dial(2).Do("SET", "new", "x"); return w }(), hasAll("new"))

	_, err := inspect.Open(t.Context(), inspect.Config{URL: addr})
	if e, ok := asConnError(err); !ok || e.Kind != inspect.ConnSentinel {
		t.Errorf("a sentinel for a server: %v", err)
	}
}
