package flaskcaching

import "context"

// Guess looks for the call behind a memoize key among the calls of its owner
// that are likely: see Guesser, with the integers up to limit. What it returns
// is proven: 96 bits of the digest agree.
func Guess(k Key, o FunctionRef, limit int, words ...string) (text string, ok bool) {
	if k.Kind != Memoize || len(k.Versions) == 0 {
		return "", false
	}
	g := NewGuesser(limit, words...)
	g.AddTarget(k.Digest, o)
	for _, found := range g.Run(context.Background()) {
		return found.Text, true
	}
	return "", false
}
