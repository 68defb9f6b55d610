package flask

import (
	"math"
	"slices"
	"sort"
	"strings"

	"cacheview/decode/flaskcaching"
)

// The library hashes a call in a form of its own: named arguments stand at the
// places of their parameters, defaults fill the gaps (falsy ones as None), and
// ignored arguments are None. Without the signature a caller writes down the
// forms that a typed call may have, the likeliest first, and looks for their
// digests among those of the function's results.

// callForm is one form: the reprs of the arguments in their order, and the
// named ones that no parameter takes.
type callForm struct {
	args []string
	rest []named
	how  string // what was done to the typed call; empty for nothing
	// assumed is set if gaps were filled, or named arguments placed.
	assumed bool
}

type named struct{ name, repr string }

// maxForms limits the forms of one call that are tried.
const maxForms = 160_000

// usualDefaults are defaults that stand in for arguments that are not given.
var usualDefaults = []string{
	"None", "1", "True", "'en'", "10", "20", "False", "0", "100", "50", "'asc'", "'desc'", "'name'", "''", "'title'", "'all'", "'UTC'", "'json'", "'id'", "'date'",
	"2", "3", "5", "25", "30", "12", "24", "200", "500", "1000", "60", "'created'", "'created_at'", "'USD'", "'EUR'", "'GBP'",
	"'en_US'", "'en-US'", "'us'", "'US'", "'de'", "'fr'", "'html'", "'default'", "'new'", "'hot'", "'top'", "'day'", "'week'", "'month'", "'popular'", "'price'",
	"'metric'", "'celsius'", "'utf-8'", "'public'", "'active'", "'open'", "'published'", "'draft'", "'pending'", "1.5", "2.0", "0.1", "5.0", "10.0", "100.0", "'relevance'", "-1", "1.0", "0.5", "()", "'*'", "'GET'",
}

// formsPerGap limits the forms with one number of gaps.
const formsPerGap = 64_000

// maxGaps limits the defaults that are filled in.
const maxGaps = 4

// forms calls try with the forms of a call until it returns false, those with
// the fewest gaps first. pos and kw are alternatives of each argument, extra are
// defaults learned from other calls of the function, most is how many arguments
// those have. More gaps are only tried until enough returns true.
func forms(pos [][]string, kw []flaskcaching.Arg, kwReprs [][]string, extra []string, most int, how string, enough func() bool, try func(callForm) bool) bool {
	fills := uniqueStrings(slices.Concat([]string{"None"}, extra, usualDefaults))
	for gaps := range max(maxGaps, most-len(pos)-len(kw)) + 1 {
		ok := product(pos, func(args []string) bool {
			return product(kwReprs, func(values []string) bool {
				for mask := range 1 << min(len(kw), 8) {
					if len(kw) > 6 && mask != 0 {
						break
					}
					if !place(args, kw, values, mask, gaps, fills, how, try) {
						return false
					}
				}
				return true
			})
		})
		if !ok || enough() {
			return false
		}
	}
	return true
}

// place puts the named arguments that mask does not keep named behind the
// positional ones, in every order and with a number of gaps, and fills the gaps.
func place(args []string, kw []flaskcaching.Arg, values []string, mask, gaps int, fills []string, how string, try func(callForm) bool) bool {
	var placed []string
	var rest []named
	for i, k := range kw {
		if mask>>i&1 == 1 {
			rest = append(rest, named{k.Name, values[i]})
		} else {
			placed = append(placed, values[i])
		}
	}
	sort.Slice(rest, func(i, j int) bool { return rest[i].name < rest[j].name })
	orders := 1
	arrangements(len(placed), gaps, func([]int) bool { orders++; return orders < 10_000 })
	few := fills[:min(len(fills), max(int(math.Pow(formsPerGap/float64(orders), 1/float64(max(gaps, 1)))), 2))]
	holes := make([][]string, gaps)
	for i := range holes {
		holes[i] = few
	}
	return arrangements(len(placed), gaps, func(slots []int) bool {
		// slots has the number of a placed argument, or -1 for a gap.
		return product(holes, func(filled []string) bool {
			form := callForm{args: make([]string, 0, len(args)+len(slots)), rest: rest, how: how, assumed: gaps > 0 || len(placed) > 0}
			form.args = append(form.args, args...)
			hole := 0
			for _, s := range slots {
				if s >= 0 {
					form.args = append(form.args, placed[s])
					continue
				}
				form.args = append(form.args, filled[hole])
				hole++
			}
			return try(form)
		})
	})
}

// arrangements calls fn with every order of n numbered things and gaps.
func arrangements(n, gaps int, fn func(slots []int) bool) bool {
	slots := make([]int, 0, n+gaps)
	used := make([]bool, n)
	var next func(left int) bool
	next = func(left int) bool {
		if len(slots) == n+gaps {
			return fn(slots)
		}
		for i := range n {
			if used[i] || n > 4 && i > 0 && !used[i-1] {
				continue
			}
			used[i] = true
			slots = append(slots, i)
			ok := next(left)
			slots, used[i] = slots[:len(slots)-1], false
			if !ok {
				return false
			}
		}
		if left > 0 {
			slots = append(slots, -1)
			ok := next(left - 1)
			slots = slots[:len(slots)-1]
			return ok
		}
		return true
	}
	return next(gaps)
}

// product calls fn with every choice of one of each list.
func product(lists [][]string, fn func([]string) bool) bool {
	choice := make([]string, len(lists))
	var next func(i int) bool
	next = func(i int) bool {
		if i == len(lists) {
			return fn(choice)
		}
		for _, c := range lists[i] {
			choice[i] = c
			if !next(i + 1) {
				return false
			}
		}
		return true
	}
	return next(0)
}

// appendText writes the text that the library hashes.
func (c callForm) appendText(b []byte, function string, braces bool) []byte {
	b = append(append(b, function...), '(')
	for i, a := range c.args {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(b, a...)
	}
	if len(c.args) == 1 {
		b = append(b, ',')
	}
	b = append(b, ')')
	if len(c.rest) == 0 {
		return append(b, "OrderedDict()"...)
	}
	open, between, next, end := "OrderedDict([(", ", ", "), (", ")])"
	if braces {
		open, between, next, end = "OrderedDict({", ": ", ", ", "})"
	}
	b = append(b, open...)
	for i, k := range c.rest {
		if i > 0 {
			b = append(b, next...)
		}
		b = append(append(append(b, flaskcaching.Quote(k.name)...), between...), k.repr...)
	}
	return append(b, end...)
}

// call writes the form as a call has it.
func (c callForm) call() string {
	parts := slices.Clone(c.args)
	for _, k := range c.rest {
		parts = append(parts, k.name+"="+k.repr)
	}
	return strings.Join(parts, ", ")
}

func uniqueStrings(list []string) []string {
	seen := make(map[string]bool, len(list))
	kept := make([]string, 0, len(list))
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			kept = append(kept, s)
		}
	}
	return kept
}
