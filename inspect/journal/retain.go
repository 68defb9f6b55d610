package journal

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Room is the result of MakeRoom.
type Room struct {
	// Evicted were removed: they had been announced by an earlier call, or nothing
	// of them was left to restore.
	Evicted []Info
	// Expiring are announced now: one of the next calls removes them.
	Expiring []Info
}

const (
	// noticeTime is how long an announcement stands before a journal is removed
	// because of its age.
	noticeTime = 24 * time.Hour
	// maxPlausibleAge limits the ages that are believed: beyond, one of the clocks
	// is wrong.
	maxPlausibleAge = 5 * 365 * 24 * time.Hour
	announcedName   = "announced.json"
)

// MakeRoom evicts journals so that one of need bytes fits the limits. Those of
// which nothing is left to restore go first, then the oldest by sequence. A
// journal that can still be undone is announced by one call and removed by a later
// one: because of its age not before a day has passed, and only if the clock, the
// header and the file's time agree. A journal that is being written, that cannot be
// read or that a newer version wrote is kept.
func (d Dir) MakeRoom(need int64) (Room, error) {
	var room Room
	if _, err := os.Stat(d.Path); errors.Is(err, fs.ErrNotExist) {
		return room, nil
	}
	defer lockDir(d.Path)()
	all, err := d.List()
	if err != nil {
		return room, err
	}
	slices.Reverse(all) // the oldest first
	now := d.now()
	before := d.announced()
	announced := map[string]time.Time{}
	for _, i := range d.victims(all, need, now) {
		since, told := before[i.ID]
		switch {
		case i.Undone:
		case !told || since.After(now):
			room.Expiring = append(room.Expiring, i.Info)
			announced[i.ID] = now
			continue
		case i.aged && now.Sub(since) < noticeTime:
			announced[i.ID] = since
			continue
		}
		if err := d.Remove(i.ID); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return room, err
		}
		room.Evicted = append(room.Evicted, i.Info)
	}
	if len(announced)+len(before) > 0 {
		d.announce(announced)
	}
	return room, nil
}

// victim is a journal that is to go.
type victim struct {
	Info
	aged bool // and not for want of room
}

func (d Dir) victims(all []Info, need int64, now time.Time) []victim {
	var out []victim
	sum := need
	for _, i := range all {
		sum += i.Bytes
	}
	limit := d.MaxBytes
	if limit == 0 {
		limit = defaultMaxBytes
	}
	take := func(undone bool) {
		for _, i := range all {
			if i.Err != nil || i.Undone != undone {
				continue
			}
			full := sum > limit
			if !full && !d.aged(i, now) {
				continue
			}
			sum -= i.Bytes
			out = append(out, victim{i, !full})
		}
	}
	take(true)
	take(false)
	return out
}

// aged reports whether a journal is older than MaxAge by all clocks.
func (d Dir) aged(i Info, now time.Time) bool {
	limit := d.MaxAge
	if limit == 0 {
		limit = defaultMaxAge
	}
	if limit < 0 {
		return false
	}
	for _, at := range []time.Time{i.Header.When, i.modTime} {
		if age := now.Sub(at); age <= limit || age > max(maxPlausibleAge, 2*limit) {
			return false
		}
	}
	return true
}

// announced returns when the journals were announced that are to go.
func (d Dir) announced() map[string]time.Time {
	var m map[string]time.Time
	f, err := openRegular(filepath.Join(d.Path, announcedName))
	if err != nil {
		return nil
	}
	defer f.Close()
	if json.NewDecoder(f).Decode(&m) != nil {
		return nil
	}
	return m
}

// announce replaces the list of announced journals. Without it they are announced
// again, and kept.
func (d Dir) announce(m map[string]time.Time) {
	b, err := json.Marshal(m)
	if err != nil {
		return
	}
	name := filepath.Join(d.Path, announcedName)
	if os.WriteFile(name+".new", b, 0o600) == nil {
		_ = os.Rename(name+".new", name)
	}
}
