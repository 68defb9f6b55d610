package keyspace

import "bytes"

// A glob is a pattern in the language of Redis's stringmatchlen (src/util.c),
// on bytes: * ? [abc] [^a] [a-z] and \x. Like there, a class that is not closed
// ends with the pattern, a range may be written backwards and compares signed
// chars, and an empty name matches only an empty pattern and "*".
type glob struct {
	pattern string
	tokens  []globToken
	classes []byteSet
	shape   string   // one letter a token: L literals, * star, . anything else
	lits    [][]byte // the bytes of each L
}

// A globToken is a literal byte or one of the constants.
type globToken uint32

const (
	globAny   = 256 + iota
	globStar  // never two in a row
	globEnd   // not among the tokens
	globClass // and above: the index among the classes
)

func newGlob(pattern string) *glob {
	g := &glob{pattern: pattern}
	var shape []byte
	add := func(letter byte, t globToken) {
		if n := len(shape); n == 0 || letter == '.' || shape[n-1] != letter {
			shape = append(shape, letter)
			if letter == 'L' {
				g.lits = append(g.lits, nil)
			}
		} else if letter == '*' {
			return
		}
		g.tokens = append(g.tokens, t)
		if k := len(g.lits) - 1; letter == 'L' {
			g.lits[k] = append(g.lits[k], byte(t))
		}
	}
	for p := 0; p < len(pattern); {
		switch c := pattern[p]; c {
		case '*':
			add('*', globStar)
		case '?':
			add('.', globAny)
		case '[':
			set, next := readClass([]byte(pattern), p)
			add('.', globClass+globToken(len(g.classes)))
			g.classes = append(g.classes, set)
			p = next
			continue
		default:
			if c == '\\' && p+1 < len(pattern) {
				p++
			}
			add('L', globToken(pattern[p]))
		}
		p++
	}
	g.shape = string(shape)
	return g
}

// longest is the longest literal that every matching name contains.
func (g *glob) longest() []byte {
	var best []byte
	for _, l := range g.lits {
		if len(l) > len(best) {
			best = l
		}
	}
	return best
}

func (g *glob) match(name []byte) bool {
	if len(name) == 0 {
		return g.pattern == "" || g.pattern == "*"
	}
	switch g.shape {
	case "*":
		return true
	case "L":
		return bytes.Equal(name, g.lits[0])
	case "L*":
		return bytes.HasPrefix(name, g.lits[0])
	case "*L":
		return bytes.HasSuffix(name, g.lits[0])
	case "*L*":
		return bytes.Contains(name, g.lits[0])
	case "L*L":
		return len(name) >= len(g.lits[0])+len(g.lits[1]) &&
			bytes.HasPrefix(name, g.lits[0]) && bytes.HasSuffix(name, g.lits[1])
	}
	return g.run(name, nil)
}

// ranges returns where the literals of the pattern are in a name that matches.
func (g *glob) ranges(name []byte) [][2]int {
	var at []int
	if len(name) == 0 || !g.run(name, &at) {
		return nil
	}
	return joinOffsets(at)
}

// run matches the tokens. It needs no recursion: when the tokens behind a star
// cannot match from one place, no earlier star can help. The offsets of bytes
// that were matched by a literal go to at, when it is not nil.
func (g *glob) run(name []byte, at *[]int) bool {
	star, from, kept := -1, 0, 0 // behind the last star; where its rest was tried; len(*at) then
	t, i := 0, 0
	for i < len(name) {
		token := globToken(globEnd)
		if t < len(g.tokens) {
			token = g.tokens[t]
		}
		switch {
		case token == globToken(name[i]) || token == globAny || token >= globClass && g.classes[token-globClass].has(name[i]):
			if at != nil && token < 256 {
				*at = append(*at, i)
			}
			t++
			i++
			continue
		case token == globStar:
			t++
			if t == len(g.tokens) {
				return true
			}
			star, from = t, i
			if at != nil {
				kept = len(*at)
			}
		case star < 0:
			return false
		default:
			from++
			if at != nil {
				*at = (*at)[:kept]
			}
		}
		if first := g.tokens[star]; first < 256 {
			skip := bytes.IndexByte(name[from:], byte(first))
			if skip < 0 {
				return false
			}
			from += skip
		}
		t, i = star, from
	}
	return t == len(g.tokens) || t == len(g.tokens)-1 && g.tokens[t] == globStar
}

// readClass reads the class that begins at p and returns what is behind it.
func readClass(pattern []byte, p int) (set byteSet, next int) {
	p++
	not := p < len(pattern) && pattern[p] == '^'
	if not {
		p++
	}
	for ; p < len(pattern) && pattern[p] != ']'; p++ {
		switch left := len(pattern) - p; {
		case pattern[p] == '\\' && left >= 2:
			p++
			set.add(pattern[p])
		case left >= 3 && pattern[p+1] == '-':
			lo, hi := int8(pattern[p]), int8(pattern[p+2])
			for c := int(min(lo, hi)); c <= int(max(lo, hi)); c++ {
				set.add(byte(c))
			}
			p += 2
		default:
			set.add(pattern[p])
		}
	}
	if not {
		for i := range set {
			set[i] = ^set[i]
		}
	}
	return set, min(p+1, len(pattern))
}

// byteSet is a set of bytes.
type byteSet [4]uint64

func (s *byteSet) has(c byte) bool { return s[c>>6]&(1<<(c&63)) != 0 }
func (s *byteSet) add(c byte)      { s[c>>6] |= 1 << (c & 63) }

// joinOffsets makes ranges of ascending offsets of single bytes.
func joinOffsets(at []int) [][2]int {
	var ranges [][2]int
	for _, i := range at {
		if k := len(ranges) - 1; k >= 0 && ranges[k][1] == i {
			ranges[k][1]++
		} else {
			ranges = append(ranges, [2]int{i, i + 1})
		}
	}
	return ranges
}

// MatchGlob returns a test of names against a glob, as Redis matches.
func MatchGlob(pattern string) func(name []byte) bool {
	g := newGlob(pattern)
	return func(name []byte) bool { return g.match(name) }
}
