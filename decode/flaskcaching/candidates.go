package flaskcaching

import (
	"slices"
	"strconv"
	"strings"
)

// candidates are arguments that a call may have, as reprs, likeliest first.
type candidates struct {
	all []string
	few []string // of which pairs are tried
}

const (
	fewInts    = 100  // of pairs
	fewWords   = 200  // of pairs, none of them a number
	mostBelow  = 1000 // integers below zero
	mostQuoted = 1000 // integers as text, as they come from a request
	maxWordLen = 200
)

func newCandidates(limit int, words []string) candidates {
	c := candidates{all: make([]string, 0, 3+2*limit+2*len(words))}
	add := func(few bool, reprs ...string) {
		c.all = append(c.all, reprs...)
		if few {
			c.few = append(c.few, reprs...)
		}
	}
	add(true, "None", "True", "False")
	for n := range limit + 1 {
		add(n <= fewInts, strconv.Itoa(n))
	}
	texts := 0
	for _, w := range words {
		if len(w) > maxWordLen {
			continue
		}
		reprs := Reprs(w)
		add(len(reprs) == 1 && texts < fewWords, reprs...)
		texts += 2 - len(reprs)
	}
	for n := 1; n <= min(limit, mostBelow); n++ {
		add(n <= 1, strconv.Itoa(-n))
	}
	for n := range min(limit, mostQuoted) + 1 {
		add(false, "'"+strconv.Itoa(n)+"'")
	}
	return c
}

// Reprs returns what a word may be as an argument, as reprs: a text and, when it
// reads so, a number.
func Reprs(word string) []string {
	reprs := []string{quote(word)}
	switch digits, ok := pyInt(word); {
	case ok && digits == word:
		reprs = append(reprs, word)
	case ok || strings.Trim(word, "0123456789.-") != "":
	default:
		if f, err := strconv.ParseFloat(word, 64); err == nil {
			reprs = append(reprs, floatRepr(f))
		}
	}
	return reprs
}

// tails are what defaults leave behind an argument.
var tails = [][]string{{"None"}, {"True"}, {"False"}, {"None", "None"}, {"None", "True"}, {"None", "False"}, {"None", "None", "None"}}

// fewTails are those that are tried after two arguments.
var fewTails = tails[:4]

// varied are the arguments of calls with one of them taken out, those first
// that most calls have in common.
type varied struct {
	args []string
	hole int
	n    int
}

// maxVaried bounds how many a function's calls are varied by.
const maxVaried = 64

// variations collects what to try further from the calls that were found.
func variations(calls [][]string) []varied {
	at := map[string]int{}
	var list []varied
	for _, call := range calls {
		for hole := range call {
			if len(call) < 2 {
				continue
			}
			rest := slices.Clone(call)
			rest[hole] = ""
			key := strings.Join(rest, "\x00")
			i, ok := at[key]
			if !ok {
				i = len(list)
				at[key] = i
				list = append(list, varied{args: rest, hole: hole})
			}
			list[i].n++
		}
	}
	slices.SortStableFunc(list, func(a, b varied) int { return b.n - a.n })
	return list[:min(len(list), maxVaried)]
}
