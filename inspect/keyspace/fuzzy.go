package keyspace

import (
	"slices"
	"strings"
)

// The scores are those of fzf's published algorithm (junegunn/fzf,
// src/algo/algo.go): a Smith-Waterman alignment that pays for characters at
// the start of a word and takes for gaps.
const (
	scoreMatch       = 16
	scoreGap         = -3
	scoreGapMore     = -1
	bonusDelimiter   = 9 // behind : / . | and the like, and at the start
	bonusBoundary    = 8 // behind any other character that is no letter or digit
	bonusCamel       = 7 // camelCase and digits behind letters
	bonusConsecutive = 4
	firstTimes       = 2 // the first character's bonus counts twice

	maxAlign = 1 << 16 // cells of the alignment; a larger one is not optimised
)

// fuzzy is the terms of a fuzzy query. A name's score is their sum.
type fuzzy []fuzzyTerm

type fuzzyTerm struct {
	text []byte
	fold bool // ignore the case of ASCII letters; text is in lower case
}

func newFuzzy(text string) fuzzy {
	var f fuzzy
	for _, term := range strings.Fields(text) {
		lower := asciiLower(term)
		f = append(f, fuzzyTerm{[]byte(term), lower == term})
	}
	return f
}

func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		b[i] = lowerByte[c]
	}
	return string(b)
}

func (f fuzzy) match(name []byte) bool {
	for i := range f {
		if _, _, ok := f[i].window(name); !ok {
			return false
		}
	}
	return true
}

// window returns the shortest stretch of the name that surely holds the best
// alignment: from the first place of the term's first character to the last
// place of its last. It is false when the term is no subsequence.
func (t *fuzzyTerm) window(name []byte) (from, to int, ok bool) {
	k, want := 0, t.text[0]
	for i, c := range name {
		if t.fold {
			c = lowerByte[c]
		}
		if c != want {
			continue
		}
		if k == 0 {
			from = i
		}
		if k++; k == len(t.text) {
			for to = len(name) - 1; ; to-- {
				c := name[to]
				if t.fold {
					c = lowerByte[c]
				}
				if c == want {
					return from, to + 1, true
				}
			}
		}
		want = t.text[k]
	}
	return 0, 0, false
}

// score rates a name, and is false when it does not match. The scratch is the
// caller's, one for each goroutine.
func (f fuzzy) score(name []byte, a *aligner) (int, bool) {
	sum := 0
	for i := range f {
		s, ok := a.align(&f[i], name)
		if !ok {
			return 0, false
		}
		sum += s
	}
	return sum, true
}

// ranges returns the places of the best alignment of every term.
func (f fuzzy) ranges(name []byte) [][2]int {
	var a aligner
	var at []int
	for i := range f {
		if _, ok := a.align(&f[i], name); !ok {
			return nil
		}
		at = a.trace(at)
	}
	slices.Sort(at)
	return joinOffsets(slices.Compact(at))
}

// An aligner is the scratch memory of alignments: a row for each character of
// the term, a column for each byte of the window.
type aligner struct {
	term     *fuzzyTerm
	name     []byte
	from, to int
	bonus    []int16
	score    []int16 // best score of the term so far, ending at or before this column
	run      []int16 // length of the consecutive match that ends here, 0 for none
	first    []int   // the leftmost columns of the term's characters
	best     int     // column of the best score in the last row
	greedy   bool
}

// align finds the best alignment of a term and returns its score.
func (a *aligner) align(t *fuzzyTerm, name []byte) (int, bool) {
	if len(t.text) == 1 {
		return a.alignOne(t, name)
	}
	from, to, ok := t.window(name)
	if !ok {
		return 0, false
	}
	a.term, a.name, a.from, a.to = t, name, from, to
	a.leftmost()
	n, rows := to-from, len(t.text)
	if a.greedy = n*rows > maxAlign; a.greedy {
		return scoreMatch * rows, true
	}
	if cap(a.score) < n*rows {
		a.score, a.run = make([]int16, 2*n*rows), make([]int16, 2*n*rows)
	}
	if cap(a.bonus) < n {
		a.bonus = make([]int16, 2*n)
	}
	a.score, a.run, a.bonus = a.score[:n*rows], a.run[:n*rows], a.bonus[:n]
	a.bonuses()
	for r := range rows {
		a.row(r)
	}
	return int(a.score[(rows-1)*n+a.best]), true
}

// alignOne finds the best place of a single character.
func (a *aligner) alignOne(t *fuzzyTerm, name []byte) (int, bool) {
	a.term, a.greedy, a.first = t, true, append(a.first[:0], 0)
	best, want := int16(-1), t.text[0]
	prev := uint8(classDelimiter)
	for i, c := range name {
		class := classOf[c]
		if bonus := bonusOf[prev][class]; bonus > best && (c == want || t.fold && lowerByte[c] == want) {
			best, a.from = bonus, i
		}
		prev = class
	}
	return int(scoreMatch + best*firstTimes), best >= 0
}

// leftmost finds the first place that each character may have.
func (a *aligner) leftmost() {
	a.first = a.first[:0]
	j := 0
	for _, want := range a.term.text {
		for c := a.name[a.from+j]; c != want && (!a.term.fold || lowerByte[c] != want); c = a.name[a.from+j] {
			j++
		}
		a.first = append(a.first, j)
		j++
	}
}

func (a *aligner) bonuses() {
	prev := uint8(classDelimiter)
	if a.from > 0 {
		prev = classOf[a.name[a.from-1]]
	}
	for j, c := range a.name[a.from:a.to] {
		class := classOf[c]
		a.bonus[j] = bonusOf[prev][class]
		prev = class
	}
}

// row fills one row of the matrices from the one above.
func (a *aligner) row(r int) {
	n, first := a.to-a.from, a.first[r]
	score, run := a.score[r*n:(r+1)*n], a.run[r*n:(r+1)*n]
	clear(score[:first])
	clear(run[:first])
	var above, runAbove []int16
	if r > 0 {
		above, runAbove = a.score[(r-1)*n:r*n], a.run[(r-1)*n:r*n]
	}
	want, fold := a.term.text[r], a.term.fold
	best, left, gap := int16(-1), int16(0), int16(scoreGap)
	for j := first; j < n; j++ {
		left = max(left+gap, 0)
		gap = scoreGapMore
		score[j], run[j] = left, 0
		if c := a.name[a.from+j]; c != want && (!fold || lowerByte[c] != want) {
			continue
		}
		bonus, length := a.bonus[j], int16(1)
		hit := scoreMatch + bonus*firstTimes
		if r > 0 {
			if before := runAbove[j-1]; before > 0 {
				start := a.bonus[j-int(before)]
				if bonus < bonusBoundary || bonus <= start {
					length = before + 1
					bonus = max(bonus, start, bonusConsecutive)
				}
			}
			hit = scoreMatch + above[j-1] + bonus
		}
		if hit > left {
			left, gap = hit, scoreGap
			score[j], run[j] = hit, length
		}
		if hit > best {
			best, a.best = hit, j
		}
	}
}

// trace appends the offsets of the last alignment's characters to at.
func (a *aligner) trace(at []int) []int {
	if a.greedy {
		for _, j := range a.first {
			at = append(at, a.from+j)
		}
		return at
	}
	n := a.to - a.from
	j := a.best
	for r := len(a.term.text) - 1; r >= 0; r-- {
		for a.run[r*n+j] == 0 {
			j--
		}
		at = append(at, a.from+j)
		j--
	}
	return at
}
