// Package lazyre compiles regular expressions when they are first used. Most runs
// of the program need few of the expressions that it has, and compiling all of
// them takes longer than a short command.
package lazyre

import (
	"regexp"
	"sync"
)

// Regexp is a regular expression that is compiled on first use. It is safe for
// concurrent use.
type Regexp struct {
	pattern string
	once    sync.Once
	re      *regexp.Regexp
}

// New returns the expression. A pattern that does not compile panics on first use.
func New(pattern string) *Regexp { return &Regexp{pattern: pattern} }

// Get returns the compiled expression.
func (r *Regexp) Get() *regexp.Regexp {
	r.once.Do(func() { r.re = regexp.MustCompile(r.pattern) })
	return r.re
}
