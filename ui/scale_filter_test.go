//go:build scale

package ui

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"cacheview/inspect/keyspace"
)

func (s *scale) drive(opt Options) *driver {
	d := drive(s.t, NewBackend(s.c), opt)
	d.until(func() bool { return d.m.progress.Done && d.settled() })
	return d
}

// filters types words into the filter. Every key is pressed as soon as the rows
// of the one before are drawn, while the rest of its search is still running;
// the whole result is waited for at the end of a word.
func (s *scale) filters() {
	for _, list := range []struct {
		name string
		tree bool
	}{{"list", false}, {"tree", true}} {
		d := s.drive(Options{Site: Site{Delims: ":/"}})
		d.m.spec.Tree = list.tree
		d.run(d.m.rebuild())
		d.until(d.settled)
		for _, f := range []struct {
			mode   keyspace.MatchMode
			chosen bool
			text   string
			goal   string
		}{
			{keyspace.Prefix, false, "ge/%02d", "50 ms"},
			{keyspace.Prefix, true, "flask_cache_view//page/%02d", "50 ms"},
			{keyspace.Substring, true, "ge/%02d", "50 ms"},
			{keyspace.Glob, true, "*page/%02d*", "50 ms"},
			{keyspace.Fuzzy, true, "fpag%02d", "150 ms"},
		} {
			var first, whole []time.Duration
			for i := range 20 {
				d.m.filter.drop()
				d.m.filter.mode, d.m.filter.chosen = f.mode, f.chosen
				d.run(d.m.filter.begin())
				d.run(d.m.refresh())
				d.until(d.settled)
				var start time.Time
				for _, r := range fmt.Sprintf(f.text, 5*i) {
					start = time.Now()
					d.step(tea.KeyPressMsg{Code: r, Text: string(r)})
					d.until(d.shown)
					first = append(first, time.Since(start))
				}
				d.until(d.settled)
				whole = append(whole, time.Since(start))
			}
			slices.Sort(first)
			slices.Sort(whole)
			p50, p99 := first[len(first)/2], first[len(first)*99/100]
			name := modeName(f.mode)
			if !f.chosen {
				name = "prefix or else text"
			}
			s.row("filter by "+name+", "+list.name, fmt.Sprintf("first rows p50 %s, p99 %s, all %s", round(p50), round(p99), round(whole[len(whole)/2])),
				"16.7 ms a frame", times(p99, 16700*time.Microsecond), "16 ms; all in "+f.goal)
		}
	}
}

// sorts times the orders that need metadata, beside the standard library.
func (s *scale) sorts() {
	plain := keyspace.RowSpec{Order: keyspace.ByName}
	base, err := keyspace.Build(s.t.Context(), s.index().Snapshot(), plain, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	now := time.Now().UnixMilli()
	for id := range uint32(s.idx.Snapshot().IDCount()) {
		s.idx.SetMeta(id, keyspace.Meta{Type: keyspace.String, Size: r.Int64N(100_000), Expiry: now + r.Int64N(1e9)})
	}
	snap := s.idx.Snapshot()
	for _, order := range []keyspace.SortOrder{keyspace.ByTTL, keyspace.BySize} {
		spec := plain
		spec.Order = order
		ids := make([]uint32, snap.IDCount())
		for i := range ids {
			ids[i] = uint32(i)
		}
		took := median(rounds, func() {
			if _, err := keyspace.Build(s.t.Context(), snap, spec, base); err != nil {
				s.t.Fatal(err)
			}
		}, func() {
			some := slices.Clone(ids)
			slices.SortFunc(some, func(a, b uint32) int { return cmp.Compare(snap.Meta(a).Expiry, snap.Meta(b).Expiry) })
		})
		s.row("sort by "+order.String(), round(took[0]), round(took[1])+" slices.SortFunc", times(took[0], took[1]), "at most 0.15x")
	}
}

// shown tells whether rows of the query that was typed are on the screen.
func (d *driver) shown() bool {
	return d.m.list.rows != nil && d.m.list.rows.Spec().Query.Text == d.m.filter.input.Value()
}
