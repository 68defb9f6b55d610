package keyspace

import (
	"bytes"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// A Matcher is a compiled Query. It may be used by several goroutines at once.
type Matcher struct {
	query Query
	head  []byte // every match begins with it
	need  []byte // every match contains it
	glob  *glob
	re    *regexp.Regexp
	fuzzy fuzzy
}

// Compile prepares a query for many names. The only error is a regular
// expression that does not parse; it wraps a *syntax.Error.
func (q Query) Compile() (*Matcher, error) {
	m := &Matcher{query: q}
	if q.Text == "" {
		return m, nil
	}
	switch q.Mode {
	case Prefix:
		m.head = []byte(q.Text)
	case Substring:
		m.need = []byte(q.Text)
	case Glob:
		m.glob = newGlob(q.Text)
		m.need = m.glob.longest()
		if m.glob.shape[0] == 'L' {
			m.head = m.glob.lits[0]
		}
	case Fuzzy:
		m.fuzzy = newFuzzy(q.Text)
	case Regexp:
		re, err := regexp.Compile(q.Text)
		if err != nil {
			return nil, fmt.Errorf("query: %w", err)
		}
		m.re = re
		if tree, err := syntax.Parse(q.Text, syntax.Perl); err == nil {
			m.need = required(tree)
		}
	default:
		return nil, fmt.Errorf("query: no such mode: %d", q.Mode)
	}
	return m, nil
}

// required returns the longest literal that everything the expression matches
// contains, as far as that is easy to see.
func required(re *syntax.Regexp) []byte {
	switch re.Op {
	case syntax.OpLiteral:
		lit := string(re.Rune)
		// U+FFFD also stands for the bytes that are not UTF-8.
		if re.Flags&syntax.FoldCase == 0 && !strings.ContainsRune(lit, utf8.RuneError) {
			return []byte(lit)
		}
	case syntax.OpCapture, syntax.OpPlus:
		return required(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return required(re.Sub[0])
		}
	case syntax.OpConcat:
		var best []byte
		for _, sub := range re.Sub {
			if lit := required(sub); len(lit) > len(best) {
				best = lit
			}
		}
		return best
	}
	return nil
}

// Query returns what was compiled.
func (m *Matcher) Query() Query { return m.query }

// Match reports whether the name matches; metadata is not looked at.
func (m *Matcher) Match(name []byte) bool {
	if m.query.Text == "" {
		return true
	}
	switch m.query.Mode {
	case Prefix:
		return bytes.HasPrefix(name, m.head)
	case Substring:
		return bytes.Contains(name, m.need)
	case Glob:
		return m.glob.match(name)
	case Fuzzy:
		return m.fuzzy.match(name)
	default:
		return bytes.Contains(name, m.need) && m.re.Match(name)
	}
}

// Score reports whether the name matches, and how well: the better of two
// matches of a fuzzy query has the higher score. All matches of the other modes
// are alike.
func (m *Matcher) Score(name []byte) (int, bool) {
	if m.query.Mode != Fuzzy || m.query.Text == "" {
		return 0, m.Match(name)
	}
	var a aligner
	return m.fuzzy.score(name, &a)
}

// Ranges returns the parts of the name that made it match, as ascending pairs
// of byte offsets, for highlighting; nil when it does not match.
func (m *Matcher) Ranges(name []byte) [][2]int {
	if m.query.Text == "" {
		return nil
	}
	switch m.query.Mode {
	case Prefix:
		if bytes.HasPrefix(name, m.head) {
			return [][2]int{{0, len(m.head)}}
		}
		return nil
	case Substring:
		return occurrences(name, m.need)
	case Glob:
		return m.glob.ranges(name)
	case Fuzzy:
		return m.fuzzy.ranges(name)
	default:
		var ranges [][2]int
		for _, r := range m.re.FindAllIndex(name, -1) {
			if r[0] < r[1] {
				ranges = append(ranges, [2]int{r[0], r[1]})
			}
		}
		return ranges
	}
}

func occurrences(name, part []byte) [][2]int {
	var ranges [][2]int
	for from := 0; ; {
		i := bytes.Index(name[from:], part)
		if i < 0 {
			return ranges
		}
		ranges = append(ranges, [2]int{from + i, from + i + len(part)})
		from += i + len(part)
	}
}

// decided reports whether head and need alone say if a name matches.
func (m *Matcher) decided() bool {
	switch m.query.Mode {
	case Prefix, Substring:
		return true
	case Glob:
		return m.glob != nil && (m.glob.shape == "L*" || m.glob.shape == "*L*")
	}
	return m.query.Text == ""
}

// textNarrows reports whether every name that q matches is matched by old, as
// far as the texts show it.
func (q Query) textNarrows(old Query) bool {
	switch {
	case old.Text == "" || old.Mode == q.Mode && old.Text == q.Text:
		return true
	case q.Mode == Prefix && old.Mode == Prefix, q.Mode == Fuzzy && old.Mode == Fuzzy:
		return strings.HasPrefix(q.Text, old.Text)
	case (q.Mode == Prefix || q.Mode == Substring) && old.Mode == Substring:
		return strings.Contains(q.Text, old.Text)
	}
	return false
}
