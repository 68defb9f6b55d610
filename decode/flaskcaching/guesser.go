package flaskcaching

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// Guesser looks for the calls behind many memoize keys at once. It writes down
// likely calls of the functions that the keys belong to, and looks up the
// digest of each among those that are wanted, by both hashes that Flask-Caching
// has used: 96 bits agree, or it is not the call.
//
// Likely are calls without an argument; with one argument, which is None, a
// bool, an integer or one of some words, also as a number; with None or a bool
// after it, as defaults leave them; with two arguments that are small integers
// or among the first words; what comes of a call that was found by changing one
// of its arguments; and with one keyword argument, behind none or one other,
// whose name is among the words or is a usual one.
type Guesser struct {
	wanted  map[digestSum]int32 // to whom in targets the key belongs; nobody
	targets []*target
	ours    map[FunctionRef]int32 // in targets
	ownless int                   // wanted digests that belong to nobody
	words   candidates
	every   []string // all that was ever in words, and so may be varied with
	found   []GuessedCall
	text    []byte // of the call that is being tried
	tries   int
	dict    dictStyle // of the keyword arguments that were found
	common  hashKind  // of the functions of which none is known
}

// GuessedCall is a call that a Guesser has found.
type GuessedCall struct {
	Digest   string // of the key
	Function string // module.qualname
	Args     string // as in a call: "'<Basket 7>', 2"
	Text     string // what was hashed
}

// digestSum is a digest before it is written in base64.
type digestSum [digestLen / 4 * 3]byte

// nobody is the owner of a digest that may be of any of the functions.
const nobody = -1

// target is a function, or a method of one object, whose calls are tried.
type target struct {
	head  []byte // function, parenthesis, and the arguments that are certain
	args  []string
	owner FunctionRef
	own   int // digests of its own that were ever wanted
	left  int // and still are
	hash  hashKind
	calls [][]string // found, without the certain arguments
}

// hashKind is what is known of a function's hash_method.
type hashKind uint8

const (
	anyHash hashKind = iota
	onlyMD5
	onlySHA256
)

// NewGuesser returns a Guesser that knows the integers from 0 to limit, some
// below 0, and words, of which the first are tried the most.
func NewGuesser(limit int, words ...string) *Guesser {
	c := newCandidates(limit, words)
	return &Guesser{wanted: map[digestSum]int32{}, ours: map[FunctionRef]int32{}, words: c, every: c.all}
}

// AddTarget adds a digest whose call is looked for. The zero Owner stands for any of
// the owners that the Guesser comes to know.
func (g *Guesser) AddTarget(digest string, o FunctionRef) {
	var sum digestSum
	if n, err := base64.StdEncoding.Decode(sum[:], []byte(digest)); err != nil || n != len(sum) {
		return
	}
	if _, ok := g.wanted[sum]; ok {
		return
	}
	if o == (FunctionRef{}) {
		g.wanted[sum] = nobody
		g.ownless++
		return
	}
	at := g.AddFunction(o)
	g.wanted[sum] = at
	g.targets[at].left++
	g.targets[at].own++
}

// AddFunction adds a function whose calls are tried for the digests that belong to
// nobody, and returns its number.
func (g *Guesser) AddFunction(o FunctionRef) int32 {
	at, ok := g.ours[o]
	if ok {
		return at
	}
	at = int32(len(g.targets))
	g.ours[o] = at
	t := newTarget(o)
	if o.Instance != "" {
		t.certain(quote(o.Instance))
	}
	g.targets = append(g.targets, t)
	return at
}

func newTarget(o FunctionRef) *target {
	return &target{head: []byte(o.Function + "("), owner: o}
}

// certain adds an argument that every call has.
func (t *target) certain(repr string) {
	if len(t.args) > 0 {
		t.head = append(t.head, ", "...)
	}
	t.head = append(t.head, repr...)
	t.args = append(t.args, repr)
}

// Remaining returns how many wanted digests have no call yet.
func (g *Guesser) Remaining() int { return len(g.wanted) }

// noKeywords is how the text of a call ends that has no keyword arguments left.
const noKeywords = "OrderedDict()"

// try looks whether a call with these arguments behind the certain ones is
// wanted. It reports false when it is time to stop.
func (g *Guesser) try(ctx context.Context, t *target, args ...string) bool {
	return g.tryWith(ctx, t, noKeywords, "", args...)
}

// tryWith is try with keyword arguments, as they are hashed and as they are
// written in a call.
func (g *Guesser) tryWith(ctx context.Context, t *target, dict, keywords string, args ...string) bool {
	b := append(g.text[:0], t.head...)
	n := len(t.args)
	for _, a := range args {
		if n > 0 {
			b = append(b, ", "...)
		}
		b = append(b, a...)
		n++
	}
	if n == 1 {
		b = append(b, ',')
	}
	b = append(append(b, ')'), dict...)
	g.text = b
	hash := t.hash
	if hash == anyHash {
		hash = g.common
	}
	if hash != onlySHA256 {
		if sum := md5.Sum(b); g.hit(t, digestSum(sum[:len(digestSum{})]), keywords, args) {
			t.hash = onlyMD5
		}
	}
	if hash != onlyMD5 {
		if sum := sha256.Sum256(b); g.hit(t, digestSum(sum[:len(digestSum{})]), keywords, args) {
			t.hash = onlySHA256
		}
	}
	g.tries++
	return g.tries%512 != 0 || ctx.Err() == nil
}

func (g *Guesser) hit(t *target, sum digestSum, keywords string, args []string) bool {
	owner, ok := g.wanted[sum]
	if !ok {
		return false
	}
	delete(g.wanted, sum)
	if owner == nobody {
		g.ownless--
	} else {
		g.targets[owner].left--
	}
	own := append([]string(nil), args...)
	shown := append(t.args[:len(t.args):len(t.args)], own...)
	if keywords == "" {
		t.calls = append(t.calls, own)
	} else {
		shown = append(shown, keywords)
	}
	g.found = append(g.found, GuessedCall{
		Digest:   base64.StdEncoding.EncodeToString(sum[:]),
		Function: t.owner.Function,
		Args:     strings.Join(shown, ", "),
		Text:     string(g.text),
	})
	return true
}
