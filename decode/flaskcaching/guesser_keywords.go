package flaskcaching

import (
	"context"
	"slices"
)

// dictStyle is how Python writes an OrderedDict.
type dictStyle uint8

const (
	anyDict    dictStyle = iota
	pairsDict            // OrderedDict([('a', 1)]), before Python 3.12
	bracesDict           // OrderedDict({'a': 1}), since
)

// usualNames are names of parameters that are tried though nothing says them:
// those that a cached function has most often behind a star or in **kwargs.
var usualNames = []string{
	"page", "per_page", "limit", "offset", "size", "id", "user_id", "name", "lang", "locale", "sort", "order",
	"unit", "currency", "country", "city", "query", "q", "format", "version", "kind", "type", "key", "slug", "date", "year",
}

const (
	keywordNames  = 60 // names that are tried
	keywordValues = 60 // values that each is tried with, of each kind
)

// keywords tries one keyword argument that is left to **kwargs, or is
// keyword-only: behind no other argument, and behind one small integer or word.
func (g *Guesser) keywords(ctx context.Context, t *target) bool {
	values := g.keywordValues()
	few := slices.Concat([]string{}, values[:min(len(values), keywordValues)])
	for _, name := range g.keywordNames() {
		for _, v := range values {
			if !g.keyword(ctx, t, name, v) {
				return false
			}
		}
		for _, arg := range few {
			for _, v := range few {
				if !g.keyword(ctx, t, name, v, arg) {
					return false
				}
			}
		}
	}
	return true
}

// keyword tries a call with one keyword argument, in the ways in which Python
// may have written it.
func (g *Guesser) keyword(ctx context.Context, t *target, name, value string, args ...string) bool {
	for _, style := range []dictStyle{pairsDict, bracesDict} {
		if g.dict != anyDict && g.dict != style {
			continue
		}
		dict := "OrderedDict([(" + quote(name) + ", " + value + ")])"
		if style == bracesDict {
			dict = "OrderedDict({" + quote(name) + ": " + value + "})"
		}
		before := len(g.wanted)
		if !g.tryWith(ctx, t, dict, name+"="+value, args...) {
			return false
		}
		if len(g.wanted) < before {
			g.dict = style
		}
	}
	return true
}

// keywordNames are the words that can be names of parameters, and the usual
// ones.
func (g *Guesser) keywordNames() []string {
	names := slices.Clone(usualNames)
	for _, r := range g.words.few {
		if len(r) < 3 || r[0] != '\'' {
			continue
		}
		if word := r[1 : len(r)-1]; isName(word) && !slices.Contains(names, word) {
			names = append(names, word)
		}
		if len(names) == keywordNames {
			break
		}
	}
	return names
}

// isName reports whether a word is an identifier as parameters have them.
func isName(word string) bool {
	for i, c := range []byte(word) {
		switch {
		case c >= 'a' && c <= 'z', c == '_', i > 0 && c >= '0' && c <= '9':
		default:
			return false
		}
	}
	return word != ""
}

// keywordValues are the first integers and the first words, and what a flag may
// be.
func (g *Guesser) keywordValues() []string {
	var values []string
	numbers, texts := 0, 0
	for _, r := range g.words.few {
		switch {
		case r[0] == '\'':
			if texts++; texts > keywordValues {
				continue
			}
		case r[0] >= '0' && r[0] <= '9':
			if numbers++; numbers > keywordValues/2 {
				continue
			}
		}
		values = append(values, r)
	}
	return values
}
