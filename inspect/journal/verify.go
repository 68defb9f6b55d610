package journal

import (
	"errors"
	"io"
)

// maxProblems limits the problems of a Check.
const maxProblems = 100

// Check is what reading a whole journal found.
type Check struct {
	Tally
	// Problems are at most a hundred errors of Reader.Next.
	Problems []error
	// Outcomes counts the intact records by Outcome.
	Outcomes [3]int
}

// Sound reports whether every record is intact and the file has its end. A
// journal that a crash cut short is sound: all that was confirmed is in it.
func (c Check) Sound() bool {
	return c.Damaged == 0 && len(c.Problems) == 0
}

// Verify reads a journal to its end and checks every checksum.
func (j *Reader) Verify() Check {
	var c Check
	j.Rewind()
	for {
		e, err := j.Next()
		switch {
		case err == nil:
			if int(e.Outcome) < len(c.Outcomes) {
				c.Outcomes[e.Outcome]++
			}
		case errors.Is(err, io.EOF):
			c.Tally = j.Tally()
			return c
		case errors.Is(err, ErrCutShort):
		default:
			if len(c.Problems) < maxProblems {
				c.Problems = append(c.Problems, err)
			}
		}
	}
}
