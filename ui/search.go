package ui

import (
	"slices"
	"strings"

	"cacheview/decode"
	"cacheview/decode/value"
	"cacheview/ui/human"
)

// searchState is a search in the value that is shown.
type searchState struct {
	text string
	hits []int   // rows of the body, for bodies whose rows do not fold
	path [][]int // places in an outline
	at   int
	cut  bool // more were found than are kept
}

// searchLimit bounds the matches that are kept, searchNodes what is looked at.
const (
	searchLimit = 10_000
	searchNodes = 2_000_000
)

func (s searchState) len() int { return max(len(s.hits), len(s.path)) }

// status is the line under the header: "match 2 of 7 for 'fr'".
func (s searchState) status() string {
	quoted := "‘" + decode.Printable(s.text) + "’"
	if s.len() == 0 {
		return "no match for " + quoted
	}
	more := ""
	if s.cut {
		more = "+"
	}
	return "match " + human.Count(s.at+1) + " of " + human.Count(s.len()) + more + " for " + quoted + " · n next · N previous"
}

// searcher prepares a search for text in what is shown, without regard to case
// unless the text has a capital. What it returns is run in a command and
// touches nothing that changes.
func (p *valuePane) searcher(text string) func() searchState {
	match := matcher(text)
	if o, ok := p.body.(*outlineBody); ok {
		root := o.root.val
		return func() searchState {
			found, cut := searchValue(root, match)
			return searchState{text: text, path: found, cut: cut}
		}
	}
	b := p.body
	return func() searchState {
		s := searchState{text: text}
		for i := range b.Len() {
			if s.cut = len(s.hits) >= searchLimit; s.cut {
				break
			}
			if match(lineText(b, i)) {
				s.hits = append(s.hits, i)
			}
		}
		return s
	}
}

// found shows the result of a search: the first match.
func (p *valuePane) found(s searchState) {
	p.search = s
	p.search.at = -1
	if s.len() > 0 {
		p.step(+1)
	}
}

// step goes to the next or the previous match, round the end.
func (p *valuePane) step(by int) {
	n := p.search.len()
	if n == 0 {
		return
	}
	p.search.at = ((p.search.at+by)%n + n) % n
	if o, ok := p.body.(*outlineBody); ok && p.search.path != nil {
		p.center(o.reveal(p.search.path[p.search.at]))
		return
	}
	if p.search.hits != nil {
		p.center(p.search.hits[p.search.at])
	}
}

// lineText is what a search sees of a row.
func lineText(b body, i int) string {
	switch b := b.(type) {
	case *textBody:
		return b.rows[i].of(b.text)
	case *tableBody:
		return b.text(i)
	case *opsBody:
		return b.ops[i].Name + " " + b.ops[i].Arg
	case *hexBody:
		return b.text(i)
	case *moduleBody:
		if i < len(b.facts) {
			return b.facts[i].Name + " " + b.facts[i].Text
		}
	case *scalarBody:
		return decode.Literal(b.v, 1<<16)
	}
	return ""
}

func matcher(text string) func(string) bool {
	if text != strings.ToLower(text) {
		return func(s string) bool { return strings.Contains(s, text) }
	}
	return func(s string) bool { return strings.Contains(strings.ToLower(s), text) }
}

// searchValue finds the places in v whose label or scalar matches.
func searchValue(v value.Value, match func(string) bool) (found [][]int, cut bool) {
	left := searchNodes
	above := map[uint32]bool{}
	var path []int
	var walk func(v value.Value)
	walk = func(v value.Value) {
		for i := range value.ChildLen(v) {
			if left--; left < 0 || len(found) >= searchLimit {
				cut = true
				return
			}
			label, kid := value.Child(v, i)
			path = append(path, i)
			if label.Kind != value.IndexLabel && match(labelText(label)) || matchScalar(kid, match) {
				found = append(found, slices.Clone(path))
			}
			if id := kid.ID(); id == 0 || !above[id] {
				above[id] = id != 0
				walk(kid)
				delete(above, id)
			}
			path = path[:len(path)-1]
		}
	}
	walk(v)
	return found, cut
}

func matchScalar(v value.Value, match func(string) bool) bool {
	switch v.Kind() {
	case value.Text, value.Bytes, value.Object:
		return match(v.Text())
	case value.Seq, value.Map:
		return false
	}
	return match(decode.Literal(v, 256))
}
