package inspect

import (
	"cmp"
	"context"
	"math/bits"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"
)

// slotsAtOnce is how many slots a delete in a cluster is at work on at a time:
// as many as three masters have connections for.
const slotsAtOnce = 12

// bySlot is the plan with the keys of each slot together, so that a batch is of
// few slots however many keys there are. Neighbouring slots belong to one node:
// with the bits of their numbers reversed, a batch is of all nodes.
func (p *Plan) bySlot() *Plan {
	type place struct {
		slot uint16
		key  int
	}
	places := make([]place, len(p.Keys))
	for i, k := range p.Keys {
		places[i] = place{bits.Reverse16(uint16(Slot(k))), i}
	}
	slices.SortStableFunc(places, func(a, b place) int { return cmp.Compare(a.slot, b.slot) })
	sorted := *p
	sorted.Keys, sorted.seen = make([][]byte, len(places)), make([]sighting, len(places))
	for i, at := range places {
		sorted.Keys[i], sorted.seen[i] = p.Keys[at.key], p.seen[at.key]
	}
	return &sorted
}

// eachSlot deletes keys that are in the order of bySlot, in one transaction for
// each slot. After an error no further one is begun, and those under way come to
// their end.
func (d *deletion) eachSlot(ctx context.Context, keys [][]byte, seen []sighting) error {
	var mu sync.Mutex // of d.report and end
	var end error
	ended := func() error {
		mu.Lock()
		defer mu.Unlock()
		return end
	}
	var group errgroup.Group
	group.SetLimit(slotsAtOnce)
	for len(keys) > 0 {
		slot, n := Slot(keys[0]), 1
		for n < len(keys) && Slot(keys[n]) == slot {
			n++
		}
		some, someSeen := keys[:n], seen[:n]
		keys, seen = keys[n:], seen[n:]
		group.Go(func() error {
			part := deletion{c: d.c, report: &Report{}}
			err := ended()
			if err != nil {
				part.fail(some, err)
			} else {
				err = part.watched(ctx, some, someSeen)
			}
			mu.Lock()
			defer mu.Unlock()
			d.report.add(part.report)
			if end == nil {
				end = err
			}
			return nil
		})
	}
	_ = group.Wait()
	return end
}

// add counts what became of other keys, too.
func (r *Report) add(other *Report) {
	r.Deleted += other.Deleted
	r.Expired += other.Expired
	r.Changed += other.Changed
	r.Failed += other.Failed
	r.Unknown += other.Unknown
	room := min(maxErrors-len(r.Errors), len(other.Errors))
	r.Errors = append(r.Errors, other.Errors[:room]...)
}
