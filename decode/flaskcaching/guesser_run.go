package flaskcaching

import (
	"context"
	"strings"
)

// Run tries what is likely, the cheapest of all functions first, until all is
// found, nothing is left to try, or ctx ends. It returns the calls that it has
// found; more can be asked of the same Guesser afterwards.
func (g *Guesser) Run(ctx context.Context) []GuessedCall {
	tiers := []struct {
		do   func(context.Context, *target) bool
		many bool // so many tries that only what others have taught is done
	}{
		{g.none, false},
		{g.single, false},
		{g.classes, false},
		{g.tailed, true},
		{g.pairs, false},
		{g.vary, false},
		{g.tailedPairs, true},
		{g.vary, false},
		{g.keywords, true},
	}
	for _, tier := range tiers {
		g.common = anyHash
		if tier.many {
			g.common = g.commonHash()
		}
		if len(g.wanted) == 0 || !g.each(ctx, tier.do, tier.many) {
			break
		}
	}
	found := g.found
	g.found = nil
	return found
}

// SetWords replaces the words that Run tries, and leaves out most of the integers,
// which Run has tried before.
func (g *Guesser) SetWords(words []string) {
	g.words = newCandidates(fewInts, words)
	g.every = append(g.every, g.words.all...)
}

// TryWords tries words as arguments of the call behind one wanted digest: they
// come from its value. They count for no other key.
func (g *Guesser) TryWords(ctx context.Context, digest string, o FunctionRef, words []string) {
	var reprs []string
	for _, w := range words {
		if len(w) <= maxWordLen {
			reprs = append(reprs, Reprs(w)...)
		}
	}
	for _, t := range g.targets {
		if o != (FunctionRef{}) && t.owner != o {
			continue
		}
		for i, r := range reprs {
			if !g.try(ctx, t, r) {
				return
			}
			if i >= fewOwn {
				continue
			}
			for _, tail := range tails {
				if !g.try(ctx, t, append([]string{r}, tail...)...) {
					return
				}
			}
			for _, other := range reprs[:min(len(reprs), fewOwn)] {
				if !g.try(ctx, t, r, other) {
					return
				}
			}
		}
	}
}

// fewOwn is how many words of a value are tried with another argument.
const fewOwn = 12

// each runs a tier for every function that has something to be found; one of
// many tries not for the orphans of a function whose own calls are all known,
// since they will be like those. It reports false when it is time to stop.
func (g *Guesser) each(ctx context.Context, tier func(context.Context, *target) bool, many bool) bool {
	for _, t := range g.targets {
		idle := t.left == 0
		switch {
		case idle && g.ownless == 0,
			idle && many && t.own > 0,
			idle && t.owner.Instance != "" && len(g.targets) > manyTargets:
			continue
		}
		if !tier(ctx, t) || len(g.wanted) == 0 {
			return false
		}
	}
	return true
}

// commonHash returns the hash of all functions of which it is known. An app
// has one version of the library, and hash_method is hardly ever set.
func (g *Guesser) commonHash() hashKind {
	common := anyHash
	for _, t := range g.targets {
		switch {
		case t.hash == anyHash || t.hash == common:
		case common != anyHash:
			return anyHash
		default:
			common = t.hash
		}
	}
	return common
}

// manyTargets is from how many functions and objects on orphans are not tried
// against those objects that have no entry of their own left to guess.
const manyTargets = 200

func (g *Guesser) none(ctx context.Context, t *target) bool { return g.try(ctx, t) }

func (g *Guesser) single(ctx context.Context, t *target) bool {
	for _, a := range g.words.all {
		if !g.try(ctx, t, a) {
			return false
		}
	}
	return true
}

// classes tries the calls of a class method, whose first argument is the repr
// of its class, as a text.
func (g *Guesser) classes(ctx context.Context, t *target) bool {
	at := strings.LastIndexByte(t.owner.Function, '.')
	if t.owner.Instance != "" || at < 0 || !strings.Contains(t.owner.Function[:at], ".") {
		return true
	}
	method := newTarget(t.owner)
	method.certain(quote("<class '" + t.owner.Function[:at] + "'>"))
	before := len(g.wanted)
	ok := g.none(ctx, method) && g.single(ctx, method) && (len(g.wanted) == before || g.tailed(ctx, method) && g.pairs(ctx, method) && g.vary(ctx, method))
	if t.hash == anyHash {
		t.hash = method.hash
	}
	return ok
}

func (g *Guesser) tailed(ctx context.Context, t *target) bool {
	args := make([]string, 0, 4)
	for _, tail := range tails {
		for _, a := range g.words.all {
			if !g.try(ctx, t, append(append(args, a), tail...)...) {
				return false
			}
		}
	}
	return true
}

func (g *Guesser) pairs(ctx context.Context, t *target) bool {
	for _, a := range g.words.few {
		for _, b := range g.words.few {
			if !g.try(ctx, t, a, b) {
				return false
			}
		}
	}
	return true
}

func (g *Guesser) tailedPairs(ctx context.Context, t *target) bool {
	args := make([]string, 0, 4)
	for _, tail := range fewTails {
		for _, a := range g.words.few {
			for _, b := range g.words.few {
				if !g.try(ctx, t, append(append(args, a, b), tail...)...) {
					return false
				}
			}
		}
	}
	return true
}

// vary changes one argument of the calls that were found, twice: what comes of
// it may be changed once more.
func (g *Guesser) vary(ctx context.Context, t *target) bool {
	tried := map[string]bool{}
	for range 2 {
		for _, v := range variations(t.calls) {
			key := strings.Join(v.args, "\x00")
			if tried[key] {
				continue
			}
			tried[key] = true
			args := append([]string(nil), v.args...)
			for _, a := range g.every {
				args[v.hole] = a
				if !g.try(ctx, t, args...) {
					return false
				}
			}
			if t.left == 0 {
				break
			}
		}
	}
	return true
}
