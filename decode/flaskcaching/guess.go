package flaskcaching

import (
	"slices"

	"cacheview/decode/value"
)

// Guess looks for the call behind a memoize key among the calls of its owner
// that are likely: no argument, one None, bool or integer of at most limit in
// size, one of words, and each of these after one more (so that pairs of small
// integers are found), under both spellings and hashes that Flask-Caching has
// used. What it returns is proven: 96 bits of the digest agree.
func Guess(k Key, o Owner, limit int, words ...string) (text string, ok bool) {
	if k.Kind != Memoize || len(k.Versions) == 0 {
		return "", false
	}
	var self []value.Value
	if o.Instance != "" {
		self = []value.Value{value.OfText(o.Instance)}
	}
	for args := range likely(limit, words) {
		args = append(slices.Clip(self), args...)
		for _, r := range []Rules{{}, {Next: true}} {
			text, err := r.text(o.Function, args, nil)
			if err == nil && r.Digest(text) == k.Digest {
				return text, true
			}
		}
	}
	return "", false
}

// likely yields the arguments that Guess tries, cheapest first.
func likely(limit int, words []string) func(yield func([]value.Value) bool) {
	return func(yield func([]value.Value) bool) {
		singles := []value.Value{value.Nil, value.OfBool(true), value.OfBool(false)}
		for _, w := range words {
			singles = append(singles, value.OfText(w))
		}
		pairs := len(singles) + 17 // with the integers -8 to 8
		for n := range limit + 1 {
			singles = append(singles, value.OfInt(int64(n)))
			if n > 0 {
				singles = append(singles, value.OfInt(int64(-n)))
			}
		}
		if !yield(nil) {
			return
		}
		for _, v := range singles {
			if !yield([]value.Value{v}) {
				return
			}
		}
		few := singles[:min(pairs, len(singles))]
		for _, a := range few {
			for _, b := range few {
				if !yield([]value.Value{a, b}) {
					return
				}
			}
		}
	}
}
