package keyspace

import "bytes"

// A glob is a pattern in the language of Redis's stringmatchlen (src/util.c),
// on bytes: * ? [abc] [^a] [a-z] and \x. Like there, a class that is not closed
// ends with the pattern, a range may be written backwards and compares signed
// chars, and an empty name matches only an empty pattern and "*".
type glob struct {
	pattern []byte
	shape   string   // one letter a token: L literal, * star, . anything else
	lits    [][]byte // the bytes of each L
}

func newGlob(pattern string) *glob {
	g := &glob{pattern: []byte(pattern)}
	var shape []byte
	for p := 0; p < len(g.pattern); {
		last := byte(0)
		if len(shape) > 0 {
			last = shape[len(shape)-1]
		}
		switch c := g.pattern[p]; c {
		case '*':
			if last != '*' {
				shape = append(shape, '*')
			}
			p++
			continue
		case '?':
			p++
		case '[':
			_, p = globClass(g.pattern, p, 0)
		default:
			if c == '\\' && p+1 < len(g.pattern) {
				p++
			}
			if last != 'L' {
				shape = append(shape, 'L')
				g.lits = append(g.lits, nil)
			}
			k := len(g.lits) - 1
			g.lits[k] = append(g.lits[k], g.pattern[p])
			p++
			continue
		}
		shape = append(shape, '.')
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
		return len(g.pattern) == 0 || string(g.pattern) == "*"
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
	return globMatch(g.pattern, name, nil)
}

// ranges returns where the literals of the pattern are in a name that matches.
func (g *glob) ranges(name []byte) [][2]int {
	var at []int
	if !g.match(name) || !globMatch(g.pattern, name, &at) {
		return nil
	}
	return joinOffsets(at)
}

// globMatch needs no recursion: when the tokens behind a star cannot match from
// one place, no earlier star can help. The offsets of bytes that were matched
// by a literal go to at, when it is not nil.
func globMatch(pattern, name []byte, at *[]int) bool {
	star, from, kept := -1, 0, 0 // behind the last star; where its rest was tried; len(*at) then
	p, i := 0, 0
	for i < len(name) {
		if p < len(pattern) && pattern[p] == '*' {
			for p < len(pattern) && pattern[p] == '*' {
				p++
			}
			if p == len(pattern) {
				return true
			}
			star, from = p, i
			if at != nil {
				kept = len(*at)
			}
			continue
		}
		if ok, next, literal := globStep(pattern, p, name[i]); ok {
			if literal && at != nil {
				*at = append(*at, i)
			}
			p = next
			i++
			continue
		}
		if star < 0 {
			return false
		}
		from++
		p, i = star, from
		if at != nil {
			*at = (*at)[:kept]
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern) && len(name) > 0
}

// globStep matches the token at p, which is no star, against one byte.
func globStep(pattern []byte, p int, c byte) (ok bool, next int, literal bool) {
	if p == len(pattern) {
		return false, p, false
	}
	switch pattern[p] {
	case '?':
		return true, p + 1, false
	case '[':
		ok, next = globClass(pattern, p, c)
		return ok, next, false
	case '\\':
		if p+1 < len(pattern) {
			p++
		}
	}
	return pattern[p] == c, p + 1, true
}

// globClass matches the class that begins at p and returns what is behind it.
func globClass(pattern []byte, p int, c byte) (ok bool, next int) {
	p++
	not := p < len(pattern) && pattern[p] == '^'
	if not {
		p++
	}
	for ; p < len(pattern) && pattern[p] != ']'; p++ {
		switch left := len(pattern) - p; {
		case pattern[p] == '\\' && left >= 2:
			p++
			ok = ok || pattern[p] == c
		case left >= 3 && pattern[p+1] == '-':
			lo, hi := int8(pattern[p]), int8(pattern[p+2])
			ok = ok || min(lo, hi) <= int8(c) && int8(c) <= max(lo, hi)
			p += 2
		default:
			ok = ok || pattern[p] == c
		}
	}
	return ok != not, min(p+1, len(pattern))
}

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
