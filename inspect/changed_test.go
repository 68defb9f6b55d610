package inspect_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

func TestDeleteLeavesAloneWhatChangedSinceThePlan(t *testing.T) {
	t.Parallel()
	for name, all := range map[string]bool{"left alone": false, "asked for": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := inspecttest.Start(t)
			w := srv.Dial(0)
			for _, k := range []string{"same", "longer", "later", "kept", "type", "gone", "as long"} {
				w.Do("SET", k, "value", "PX", "1000000")
			}
			w.Do("SET", "lock", "held by 1")
			w.Do("RPUSH", "queue", "job 1")
			w.Do("HSET", "session", "user", "1")
			w.Do("SADD", "same set", "a", "b", "c")
			c := open(t, inspect.Config{URL: srv.URL(0)})
			p := plan(t, c, inspect.Selection{Glob: "*"})
			w.Do("SET", "longer", strings.Repeat("value", 100), "PX", "1000000")
			w.Do("SET", "later", "value", "PX", "2000000")
			w.Do("SET", "kept", "value")
			w.Do("SET", "as long", "VALUE", "KEEPTTL")
			w.Do("SET", "lock", "held by 2")
			w.Do("RPUSH", "queue", "job 2")
			w.Do("HSET", "session", "user", "2")
			w.Do("SMEMBERS", "same set")
			w.Do("DEL", "type", "gone")
			w.Do("HSET", "type", "a", "b")
			report, err := c.Delete(lasting(), p, inspect.DeleteOptions{IncludeChanged: all})
			want := inspect.DeleteReport{Planned: 11, Deleted: 2, Gone: 1, Changed: 8}
			if all {
				want = inspect.DeleteReport{Planned: 11, Deleted: 10, Gone: 1}
			}
			report.Bytes, report.Undo = 0, ""
			if err != nil || fmt.Sprint(report) != fmt.Sprint(want) || len(srv.Keys(0)) != want.Changed {
				t.Errorf("%+v, %v, left %q", report, err, srv.Keys(0))
			}
		})
	}
}

// TestDeleteOfManyKeysLeavesAloneWhatChanged is of more keys than are looked at
// closely: lengths, types and times to live are compared all the same.
func TestDeleteOfManyKeysLeavesAloneWhatChanged(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	srv.Fill(0, 25_000, strconv.Itoa, "value")
	c := open(t, inspect.Config{URL: srv.URL(0)})
	p := plan(t, c, inspect.Selection{All: true})
	p.WholeDB = false
	w := srv.Dial(0)
	w.Do("SET", "7", "longer value")
	w.Do("PEXPIRE", "77", "1000000")
	w.Do("SET", "new", "x")
	report, err := c.Delete(lasting(), p, inspect.DeleteOptions{})
	if err != nil || report.Deleted != 24_998 || report.Changed != 2 || report.NotUndoable != 0 {
		t.Errorf("%+v, %v", brief(report), err)
	}
	if left := srv.Keys(0); len(left) != 3 || left["7"] == "" || left["77"] == "" || left["new"] == "" {
		t.Errorf("%d keys are left", len(left))
	}
}

// TestDeleteNeverTakesWhatWasWrittenMeanwhile has another client write all the
// time, from the plan to the end of the delete, and only over keys that exist.
// No key may be gone that the server took a write to.
func TestDeleteNeverTakesWhatWasWrittenMeanwhile(t *testing.T) {
	t.Parallel()
	srv := inspecttest.Start(t)
	const n = 15_000
	srv.Fill(0, n, itoa, "value 0")
	c := open(t, inspect.Config{URL: srv.URL(0)})
	p := plan(t, c, inspect.Selection{All: true})
	p.WholeDB = false

	written := map[string]bool{}
	stop, stopped := make(chan struct{}), make(chan struct{})
	begun := make(chan struct{})
	go func() {
		defer close(stopped)
		w := srv.Dial(0)
		rnd := rand.New(rand.NewPCG(1, 2))
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			// Mostly the keys whose turn is late, so that writes and looks meet.
			key := string(p.Keys[n-1-int(rnd.ExpFloat64()*n/8)%n])
			if w.Do("SET", key, "value "+strconv.Itoa(1+i%9), "XX") != nil {
				written[key] = true
			}
			if i == 20 {
				close(begun)
			}
		}
	}()
	<-begun
	report, err := c.Delete(lasting(), p, inspect.DeleteOptions{})
	close(stop)
	<-stopped
	left := srv.Keys(0)
	if err != nil || report.Deleted+report.Changed != n || report.Deleted != n-len(left) || report.Deleted == 0 || report.Changed == 0 {
		t.Errorf("%+v, %v, %d left", brief(report), err, len(left))
	}
	for key := range written {
		if left[key] == "" {
			t.Errorf("%q was written after the plan, and is gone", key)
		}
	}
}
