package ui

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"cacheview/inspect"
	"cacheview/ui/human"
)

// first applies a message and runs the commands that follow, up to the first
// rows of a search, which it returns before the model has seen them.
func (p *player) first(msg tea.Msg) rowsMsg {
	p.t.Helper()
	_, cmd := p.m.Update(msg)
	for cmds := []tea.Cmd{cmd}; len(cmds) > 0; cmds = cmds[1:] {
		if cmds[0] == nil {
			continue
		}
		msg := cmds[0]()
		if reply, ok := msg.(ofSession); ok {
			msg = reply.msg
		}
		if rows, ok := msg.(rowsMsg); ok {
			return rows
		}
		if v := reflect.ValueOf(msg); v.Kind() == reflect.Slice && v.Type().Elem() == reflect.TypeOf(tea.Cmd(nil)) {
			for i := range v.Len() {
				cmds = append(cmds, v.Index(i).Interface().(tea.Cmd))
			}
		}
	}
	p.t.Fatal("no rows are looked for")
	return rowsMsg{}
}

// TestASearchUnderWayIsCalledOne looks at the screen between a keystroke and the
// end of its search.
func TestASearchUnderWayIsCalledOne(t *testing.T) {
	for _, s := range sizes {
		t.Run(fmt.Sprintf("%dx%d", s[0], s[1]), func(t *testing.T) {
			playing(t, func(t *testing.T) {
				f := newFake()
				for i := range firstFrom + 10_000 {
					f.str(fmt.Sprintf("key:%06d", i), "x", 0)
				}
				p := play(t, f, s[0], s[1], Options{})
				p.press("/").shows("60,000")
				found := p.first(keyMsg("k"))
				p.shows("searching…").hides("60,000 of 60,000")
				if found.rows.Complete() {
					t.Fatal("all at once: nothing is tested")
				}
				_, rest := p.m.Update(found)
				p.shows("searching…").hides("60,000 of 60,000")
				p.send(keyMsg("up")) // from the first key to the prefix that it is in
				if s[0] >= wideFrom {
					p.shows("at least 4,096 keys start with this")
				}
				p.send(keyMsg("enter"))
				p.send(keyMsg("D"))
				p.shows("still looking for what matches")
				p.run(rest)
				p.press("home").shows("60,000 of 60,000").hides("searching…")
			})
		})
	}
}

func TestASearchThatHasFoundNothingYetDoesNotSaySo(t *testing.T) {
	playing(t, func(t *testing.T) {
		f := newFake()
		for i := range 10 {
			f.str(fmt.Sprint(i), "x", 0)
		}
		p := play(t, f, 80, 24, Options{})
		p.press("/")
		found := p.first(keyMsg("z"))
		p.shows("searching…").hides("No key matches")
		p.send(found)
		p.shows("No key matches").hides("searching…")
	})
}

// TestATypeThatIsStillLookedForIsNotCalledMissing has the keys looked at one
// step a second.
func TestATypeThatIsStillLookedForIsNotCalledMissing(t *testing.T) {
	for _, s := range sizes {
		t.Run(fmt.Sprintf("%dx%d", s[0], s[1]), func(t *testing.T) {
			playing(t, func(t *testing.T) {
				f := newFake()
				for i := range 3 * metaStep {
					f.str(fmt.Sprintf("key:%05d", i), "x", 0)
				}
				f.metaPace = time.Second * 3 * inspect.MetaBatchSize / metaStep
				p := play(t, f, s[0], s[1], Options{})
				p.wait(time.Second).press("T").wait(1500 * time.Millisecond).shows("types 33%")
				if s[0] >= wideFrom {
					// Those on the screen are looked at first.
					p.press("up").shows("at least 6,0", " keys start with this")
				}
				p.press("D").shows("still looking for what matches")
				p.press("T").shows("No key matches so far", "Not every key has been read yet").hides("changes the search mode")
				p.wait(10*time.Second).shows("No key matches").hides("so far", "read yet", "types")
			})
		})
	}
}

// TestAListingUnderWayIsCalledOne has a total that leaves little room.
func TestAListingUnderWayIsCalledOne(t *testing.T) {
	for _, s := range sizes {
		playing(t, func(t *testing.T) {
			p := play(t, guideKeys(), s[0], s[1], Options{})
			p.m.progress.Done, p.m.progress.Total = false, 123_456_789
			p.shows("scanned")
			p.press("/").typed("f").shows("scanned")
		})
	}
}

// TestTheRowsOfAListingThatEndedAreCalledPartOrWhole has rows that are put off
// for good, so that those on screen are behind when the listing ends.
func TestTheRowsOfAListingThatEndedAreCalledPartOrWhole(t *testing.T) {
	for _, s := range sizes {
		t.Run(fmt.Sprintf("%dx%d", s[0], s[1]), func(t *testing.T) {
			playing(t, func(t *testing.T) {
				f := newFake()
				for i := range 20_000 {
					f.str(fmt.Sprintf("key:%06d", i), "x", 0)
				}
				f.pace = 20 * time.Millisecond
				p := play(t, f, s[0], s[1], Options{})
				p.m.build.begin(p.m.root)
				behind := p.m.list.rows.MatchCount()
				p.wait(f.pace * 5)
				if p.m.progress.Done || p.m.list.rows.MatchCount() != behind || p.m.idx.Len() <= behind {
					t.Fatal("the rows are not behind: nothing is tested")
				}
				p.m.progress.Done = true
				p.shows(human.Count(behind) + " of " + human.Count(p.m.idx.Len()) + " shown")
				if !p.m.searching() {
					t.Error("what matches in part of the keys is taken for all that does")
				}
				p.m.progress.Done = false
				for !p.m.progress.Done {
					p.wait(f.pace)
				}
				if n := p.m.list.rows.MatchCount(); n != 20_000 {
					t.Errorf("%d keys are shown once the listing has ended", n)
				}
				p.shows("20,000").hides("shown", "scanned")
			})
		})
	}
}

// TestAListingOfAClusterTellsOfEachMaster where the title has room for it, and
// only until the listing is whole.
func TestAListingOfAClusterTellsOfEachMaster(t *testing.T) {
	for _, tt := range []struct {
		w, h int
		room bool
	}{{200, 50, true}, {80, 24, true}, {40, 10, false}} {
		playing(t, func(t *testing.T) {
			p := play(t, guideKeys(), tt.w, tt.h, Options{})
			p.m.progress.Total, p.m.progress.Nodes = 3_900_000, []inspect.NodeProgress{
				{Scanned: 40, Total: 100}, {Scanned: 3, Total: 3, Done: true}, {Scanned: 205, Total: 500},
			}
			p.hides("masters")
			p.m.progress.Done = false
			if p.shows("scanned"); tt.room {
				p.shows("3 masters: 40% 100% 41%")
			} else {
				p.hides("masters")
			}
		})
	}
}
