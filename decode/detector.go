package decode

import (
	"cacheview/decode/pickle"
	"cacheview/decode/value"
	views "cacheview/decode/view"
)

// parser reads the one value at the start of raw; n is how many bytes it took.
// On an error v is what was read so far and n where reading stopped. A parser
// checks every length against what is left before it allocates, keeps to lim,
// and never panics.
type parser func(raw []byte, lim value.Limits) (v value.Value, n int, err *value.Error)

// reader is a parser that has more to say than a value.
type reader func(in *input) reading

// reading is what a reader found.
type reading struct {
	value  value.Value
	n      int
	err    *value.Error
	name   string // replaces the row's name where the bytes decide: "pickle4"
	detail string // see Layer.Detail
	flags  []string
	pickle *pickle.Document
	shown  *views.View // see Result.Shown
	trust  trust       // lowers the row's trust for this value, when not 0
	// refused says that the reading does not count: a row with a score
	// decides.
	refused bool
	// damaged says that err is damage of this format for sure, though the
	// row is not certain.
	damaged bool
}

// unwrapper takes one layer off. On an error inner is what came out before it.
type unwrapper func(raw []byte, lim value.Limits) (unwrapped, *value.Error)

// unwrapped is what was inside a wrapper.
type unwrapped struct {
	inner []byte
	// next names the rows that inner is certainly in ("ruby-marshal",
	// "zlib,ruby-marshal"); empty sniffs it.
	next string
	// through are layers that came off together with this one, outermost
	// first: a Rails 6.1 entry is itself a Ruby object ("ruby-marshal").
	through []Layer
	// value is the content when the envelope held it in its own format; then
	// inner is nil, and the last of through names that format.
	value  value.Value
	whole  bool   // value is set
	detail string // see Layer.Detail
	rest   int    // bytes after the wrapper's end that mean nothing
	flags  []string
}

// trust is how much a reading proves about what is inside a wrapper or a text.
type trust uint8

const (
	// weak readings use every byte and still prove little: a number, a word,
	// a reading that needs the flag "ambiguous". They never prove a wrapper.
	weak trust = iota + 1
	// fair readings are of a terse binary grammar, with enough evidence for
	// no flag.
	fair
	// sound readings are of a grammar that accidents do not satisfy. They
	// count only when they use every byte without an error.
	sound
	// certain rows have a signature: what does not parse is a damaged value
	// of that format.
	certain
)

// row is one format (parse or read) or one wrapper (unwrap) that values can be
// in. Rows with a signature or a grammar of text are tried in order, and the
// first that holds wins. Rows with a score come after them, and the best wins.
// Rows never call Decode: the detector reads what is inside a wrapper.
type row struct {
	name   string
	trust  trust
	sniff  func(in *input) (reason string, ok bool)
	parse  parser
	read   reader
	unwrap unwrapper
	// need marks a wrapper without a signature: it counts only when what
	// comes out is itself recognised with at least this trust.
	need trust
	// forcedOnly marks what is never guessed, as protobuf.
	forcedOnly bool
	// flag is added to the result's flags when the row is guessed.
	flag string
	// short marks a signature that is too short to prove a value which cannot
	// be read to its end.
	short bool
	// score marks a row without a signature. It returns the bits of evidence
	// in a reading that used every byte; such rows are compared with each
	// other and with the plain bytes instead of being asked in order. The
	// first layer of out is the row's own.
	score scorer
}

// scorer returns the evidence in a reading, in bits. odd says that an encoder
// of the format would have written other bytes: an over-long number, a key
// twice.
type scorer func(in *input, out *outcome) (bits float64, odd bool)

// input is the input of one layer, with what sniffers ask more than once.
type input struct {
	raw []byte
	key []byte
	lim value.Limits
	// outer is the name of the layer around, empty for the value as stored.
	outer string

	// limited is the first limit that ended a reading of these bytes.
	limited *value.Error

	judged  bool
	verdict textVerdict
}

// text says whether the input reads as text.
func (in *input) text() textVerdict {
	if !in.judged {
		in.verdict, in.judged = judgeText(in.raw), true
	}
	return in.verdict
}

// compared reports whether the evidence for the plain bytes can matter. Text as it
// is stored is text whatever its bits.
func (in *input) compared() bool { return in.outer != "" || in.text() != cleanText }

// rows are all formats and wrappers in the order they are asked.
var rows = joinRows(
	flaskRows,
	plainRows,
	pickleRows,
	compressRows,
	signedRows,
	bitsRows,
	foreignRows,
	superjsonRows,
	devalueRows,
	jsonRows,
	oldPickleRows,
	base64Rows,
	bsonRows,
	msgpackRows,
	goRedisRows,
	cborRows,
	blockRows,
	confluentRows,
	protobufRows,
	textRows,
)

func joinRows(groups ...[]row) []row {
	var all []row
	for _, g := range groups {
		all = append(all, g...)
	}
	return all
}
