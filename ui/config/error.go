package config

import (
	"fmt"
	"strings"
)

// Error says what in a configuration file cannot be meant, where, and what
// could be.
type Error struct {
	Path    string // of the file
	Line    int    // from 1; 0 when it is not known
	Key     string // with dots, as connections.prod.url; "" for text that is no TOML
	Problem string // with what is allowed
}

// Error is the place and the problem in one line.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("configuration file " + e.Path)
	if e.Line > 0 {
		fmt.Fprintf(&b, ", line %d", e.Line)
	}
	b.WriteString(": ")
	if e.Key != "" {
		b.WriteString(e.Key + ": ")
	}
	return b.String() + e.Problem
}

// Suggest returns the name that somebody who wrote s may have meant, "" when
// none is near.
func Suggest(s string, names []string) string {
	// One difference in short words: of three letters two others make any word.
	best, least := "", max(len(s)/3, 2)+1
	if len(s) <= 4 {
		least = 2
	}
	for _, name := range names {
		if d := distance(s, name, least); d < least {
			best, least = name, d
		}
	}
	return best
}

// distance is how many bytes must be put in, taken out, changed or swapped with
// their neighbour to make b of a. Once it must be limit or more it may be any
// number from limit on.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := last[j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			row[j] = min(change, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
