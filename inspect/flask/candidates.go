package flask

import (
	"context"
	"strconv"
	"strings"

	"cacheview/decode/flaskcaching"
	"cacheview/decode/value"
)

const (
	maxWords     = 20_000 // that are tried as arguments
	maxWord      = 64     // bytes of one
	wordsOfValue = 48     // taken from one value
)

// words collects different words in the order in which they came.
type words struct {
	list []string
	seen map[string]struct{}
}

func newWords() *words { return &words{seen: map[string]struct{}{}} }

func (w *words) full() bool { return len(w.list) >= maxWords }

func (w *words) add(word string) {
	if word == "" || len(word) > maxWord || w.full() {
		return
	}
	if _, ok := w.seen[word]; !ok {
		word = strings.Clone(word) // it may be a view of something large
		w.seen[word] = struct{}{}
		w.list = append(w.list, word)
	}
}

// separators stand between the words of a text, in three steps: what is a part
// in one may still be put together for the next.
var separators = []string{"/:|?&=;#\t\r\n", " ,@()[]{}<>\"'!", "_-."}

// split adds a text, its parts, and the parts of its parts.
func (w *words) split(text string) { w.parts(text, separators) }

func (w *words) parts(text string, by []string) {
	w.add(text)
	if len(by) == 0 || w.full() {
		return
	}
	if !strings.ContainsAny(text, by[0]) {
		w.parts(text, by[1:])
		return
	}
	for part := range strings.FieldsFuncSeq(text, func(c rune) bool { return strings.ContainsRune(by[0], c) }) {
		w.parts(part, by[1:])
	}
}

// names adds the words in the names of a snapshot: of the app's own keys first.
func (w *words) names(ctx context.Context, f *Index) {
	for _, own := range []bool{true, false} {
		for id := range uint32(f.snap.IDCount()) {
			if w.full() || id%namesStep == 0 && ctx.Err() != nil {
				return
			}
			name := f.snap.Name(id)
			if len(name) == 0 || len(name) > 4*maxWord || !f.snap.IsAlive(id) || IsVersionName(name) {
				continue
			}
			prefix, ok := f.PrefixOf(name)
			if ok != own || ok && IsBase64(name[len(prefix):]) && (len(name) == len(prefix)+entryLen || len(name) == len(prefix)+methodLen) {
				continue
			}
			w.split(string(name[len(prefix):]))
		}
	}
}

// valueLimits are for values that are only searched for words.
var valueLimits = value.Limits{Depth: 50, Nodes: 2000, Memo: 2000, Text: 64 << 10, Output: 64 << 10}

// wordsIn returns words and numbers of a stored value, as far as it was read.
func wordsIn(raw []byte) []string {
	w := newWords()
	// What is wrong with a value that was cut does not matter here.
	v, _ := flaskcaching.Load(raw, valueLimits)
	value.Walk(v, func(_ value.Path, v value.Value) bool {
		switch v.Kind() {
		case value.Int:
			if n, ok := v.Int(); ok {
				w.add(strconv.FormatInt(n, 10))
			}
		case value.Float:
			w.add(strconv.FormatFloat(v.Float(), 'f', -1, 64))
		case value.Text, value.Bytes:
			w.split(v.Text())
		}
		return len(w.list) < wordsOfValue
	})
	return w.list[:min(len(w.list), wordsOfValue)]
}
