package inspect

import (
	"errors"
	"fmt"
)

// ErrCursorLoop is returned for a scan whose cursors go in a circle, so that it
// would never end.
var ErrCursorLoop = errors.New("the server repeats its cursors without new keys")

// maxRepeated limits the names that a scan receives again without a new one: a
// multiple of the names that are known, and at least so many. A server repeats
// names while its hash table is resized, but never all of them several times.
const (
	maxRepeatedFactor = 4
	minRepeated       = 100_000
)

// loopDetector finds a scan that does not end, by Brent's cycle detection
// (https://en.wikipedia.org/wiki/Cycle_detection#Brent's_algorithm): it compares
// each cursor with one that it keeps, and replaces that one after 1, 2, 4, …
// pages. The zero value is ready to use.
type loopDetector struct {
	kept     uint64
	age      int // pages since kept was replaced
	lifetime int // pages after which it is replaced
	repeated int // names received since the last new one
}

// page counts one page: the cursor that the server returned with it, its names,
// and how many of them are new. known is the number of names known by now.
func (d *loopDetector) page(cursor uint64, received, added, known int) error {
	switch {
	case cursor == 0: // the end
		return nil
	case added > 0:
		*d = loopDetector{kept: cursor, lifetime: 1}
		return nil
	case cursor == d.kept && d.lifetime > 0:
		return fmt.Errorf("cursor %d: %w", cursor, ErrCursorLoop)
	}
	if d.repeated += received; d.repeated > max(minRepeated, maxRepeatedFactor*known) {
		return fmt.Errorf("%d names and none of them new: %w", d.repeated, ErrCursorLoop)
	}
	if d.age++; d.age >= d.lifetime {
		d.kept, d.age, d.lifetime = cursor, 0, max(1, 2*d.lifetime)
	}
	return nil
}
