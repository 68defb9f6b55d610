package decode

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"cacheview/decode/evidence"
	"cacheview/decode/value"
)

// maxPasses limits the layers of one value: more than anybody stacks, few
// enough that a value which unwraps to itself ends.
const maxPasses = 16

// decoder is the state of one Decode.
type decoder struct {
	lim    value.Limits
	key    []byte
	passes int    // layers that may still be taken off
	outer  string // the layer around the current one
	trying bool   // inside a trial: no trials within trials
	budget *Budget
}

// outcome is a Result with its evidence.
type outcome struct {
	Result
	trust trust
	bits  float64 // evidence for the whole reading
	odd   bool    // an encoder would have written other bytes
	plain bool    // text or bytes as they are
}

// detected reads raw in the format that explains it best. Signatures and
// grammars of text come first, in order. Readings without a signature are
// compared by their bits of evidence with each other and with the plain bytes.
func (d *decoder) detected(raw []byte) outcome {
	in := &input{raw: raw, key: d.key, lim: d.lim, outer: d.outer}
	if out, ok := d.bySignature(in); ok {
		if slices.Contains(out.Flags, ambiguous) && len(out.Also) == 0 {
			out.also(d.plain(in))
		}
		return out
	}
	plain := d.plain(in)
	if in.text() == cleanText {
		if isTinyPickle(in.raw) {
			plain.Also, plain.Grade = [][]string{{"pickle0"}}, evidence.Likely
		}
		plain.Err = in.limited
		return plain
	}
	out := choose(in, d.candidates(in), plain)
	if out.plain && out.Err == nil {
		out.Err = in.limited
	}
	return out
}

// minLimited is the length from which a reading that a limit ended is named as
// the reason why the bytes are not read. Accidents do not come to a limit.
const minLimited = 4096

// bySignature reads the input by the first row without a score that holds.
func (d *decoder) bySignature(in *input) (outcome, bool) {
	for i := range rows {
		r := &rows[i]
		if r.forcedOnly || r.score != nil || r.isPlain() || !d.mayTry(r, in) {
			continue
		}
		reason, ok := r.sniff(in)
		if !ok {
			continue
		}
		if out, ok := d.try(r, in, reason); ok {
			out.Grade = evidence.Proven
			if out.trust == weak || slices.Contains(out.Flags, ambiguous) {
				out.Grade = evidence.Likely
			}
			return out, true
		}
	}
	return outcome{}, false
}

// plain is the input as text or as bytes, which is the reading that the others
// have to outweigh.
func (d *decoder) plain(in *input) outcome {
	for i := range rows {
		r := &rows[i]
		if !r.isPlain() {
			continue
		}
		if reason, ok := r.sniff(in); ok {
			out, _ := d.try(r, in, reason)
			out.plain = true
			out.bits = plainBits(in.raw)
			if r.name == "text" {
				out.bits = max(out.bits, min(textBits(in.raw), maxTextBits/2))
				out.Grade = evidence.Proven
			}
			return out
		}
	}
	return d.bytes(in.raw, nil)
}

// candidates are the readings without a signature that use every byte, the
// best one first.
func (d *decoder) candidates(in *input) []outcome {
	var found []outcome
	for i := range rows {
		r := &rows[i]
		if r.score == nil || r.forcedOnly || !d.mayTry(r, in) {
			continue
		}
		if r.need > 0 && len(found) > 0 && found[0].bits >= enoughBits {
			continue
		}
		reason, ok := r.sniff(in)
		if !ok {
			continue
		}
		out, ok := d.try(r, in, reason)
		if !ok || out.Err != nil && out.Err.Kind != value.Checksum && out.Err.Kind != value.NeedsSchema || out.TrailingBytes > 0 {
			continue
		}
		out.bits, out.odd = r.score(in, &out)
		if r.name == "msgpack" && isDjangoKey(in.key) {
			out.bits += keyEvidence
		}
		if len(in.raw) >= tinyValue && out.bits <= oddBits/4 || len(in.raw) < tinyValue && out.odd {
			continue
		}
		found = append(found, out)
		slices.SortStableFunc(found, func(a, b outcome) int { return compareBits(b.bits, a.bits) })
	}
	return found
}

func compareBits(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// mayTry reports whether a row may be tried at all: wrappers without a
// signature are neither looked for inside each other nor in plain text.
func (d *decoder) mayTry(r *row, in *input) bool {
	return r.need == 0 || !d.trying && !(r.need == fair && in.text() == cleanText)
}

// isPlain reports whether the row is one of those that take everything.
func (r *row) isPlain() bool { return r.name == "text" || r.name == "binary" }

// ambiguous is the flag of an answer beside which Also names others.
const ambiguous = "ambiguous"

// choose returns the best of the readings of the input. Readings that come near
// it are named in Also, and the answer is flagged.
func choose(in *input, found []outcome, plain outcome) outcome {
	if len(found) == 0 {
		return plain
	}
	best := found[0]
	tiny := len(in.raw) < tinyValue && !(best.Layers[0].Name == "msgpack" && isDjangoKey(in.key))
	if tiny || best.bits < plain.bits+shownBits {
		for _, o := range found {
			if tiny || o.bits >= plain.bits-nearBits {
				plain.also(o)
			}
		}
		return plain
	}
	lead := best.bits - plain.bits
	near := func(o outcome) bool { return best.bits-o.bits < sureBits }
	for _, o := range found[1:] {
		if near(o) {
			lead = min(lead, best.bits-o.bits)
			best.also(o)
		}
	}
	if near(plain) || slices.Contains(best.Flags, ambiguous) {
		best.also(plain)
	}
	best.trust, best.Grade = fair, evidence.Proven
	if slices.Contains(best.Flags, ambiguous) {
		best.Grade = evidence.Likely
	}
	if lead < fairBits {
		best.trust = weak
	}
	return best
}

// isDjangoKey reports whether a key is one of Django's cache, which stores
// integers as digits and everything else serialized: never bare bytes.
func isDjangoKey(key []byte) bool {
	version, _, ok := bytes.Cut(bytes.TrimPrefix(key, []byte(":")), []byte(":"))
	return ok && len(key) > 0 && key[0] == ':' && isDecimal(version)
}

// also names another reading beside this one.
func (o *outcome) also(other outcome) {
	names := other.Names()
	same := func(also []string) bool { return slices.Equal(also, names) }
	if slices.Equal(names, o.Names()) || slices.ContainsFunc(o.Also, same) {
		return
	}
	o.Also = append(o.Also, names)
	o.flag(ambiguous)
}

// try reads the input as r and reports whether that reading counts.
func (d *decoder) try(r *row, in *input, reason string) (outcome, bool) {
	if r.unwrap != nil {
		return d.tryUnwrap(r, in, reason)
	}
	lim := in.lim
	in.lim = d.budget.reading(lim)
	rd := r.reading(in)
	if in.lim = lim; rd.refused {
		return outcome{}, false
	}
	broken := rd.err != nil || rd.n != len(in.raw)
	if rd.err != nil && rd.err.Kind == value.Limit && len(in.raw) >= minLimited && in.limited == nil {
		in.limited = rd.err
	}
	if broken && !rd.damaged && (r.trust != certain || r.short && !isDamage(rd) && (len(in.raw) < shortDamage || plainBits(in.raw) > nearBits)) {
		return outcome{}, false
	}
	d.budget.spend()
	out := rd.outcome(r, in, reason)
	out.flag(r.flag)
	return out, true
}

// shortDamage is the length from which bytes behind a short signature are
// damage unless they look like something else.
const shortDamage = 6

// isDamage reports whether a reading that did not use every byte is a damaged
// value of its format, where the signature alone is too short to prove it:
// what was read up to there has to say something.
func isDamage(rd reading) bool { return treeBits(rd.value) >= sureBits/2 }

// tryUnwrap takes r off and reads what is inside.
func (d *decoder) tryUnwrap(r *row, in *input, reason string) (outcome, bool) {
	un, err := d.takeOff(r, in.raw, d.trialLimits(r))
	if !r.counts(in, un, err) {
		return outcome{}, false
	}
	if d.passes == 0 {
		return d.tooManyLayers(r, in)
	}
	inside := *d
	inside.passes--
	inside.trying = d.trying || r.need > 0
	inside.outer = r.name
	var out outcome
	switch {
	case un.whole:
		out = outcome{Result: Result{Value: un.value, Inner: in.raw}, trust: r.trust, bits: signatureBits}
	case err != nil && err.Kind != value.Checksum:
		out = inside.bytes(un.inner, err)
	case un.next != "":
		out = inside.forced(un.inner, splitChain(un.next))
		if inside.trying { // nothing else looks at them
			out.bits = treeBits(out.Value)
		}
	default:
		out = inside.detected(un.inner)
	}
	if r.need > 0 && !r.convincing(out, in.raw, un.inner) {
		return outcome{}, false
	}
	if out.Err == nil {
		out.Err = err
	}
	out.wrap(r, in, reason, un)
	out.flag(r.flag)
	if r.need == 0 && r.trust > out.trust {
		out.trust = r.trust
	}
	return out, true
}

// tooManyLayers is the input as bytes, with the reason why what it holds is not
// read. A layer without a signature does not prove that there is one more.
func (d *decoder) tooManyLayers(r *row, in *input) (outcome, bool) {
	if r.need > 0 || r.score != nil {
		return outcome{}, false
	}
	detail := fmt.Sprintf("more than %d layers around each other", maxPasses)
	out := d.bytes(in.raw, &value.Error{Format: r.name, Kind: value.Limit, Detail: detail})
	out.Layers = []Layer{{Name: "binary", Reason: "a limit of cacheview", Size: len(in.raw)}}
	return out, true
}

// counts reports whether taking r off went well enough to believe in r: an
// error counts as damage for a certain row, and for a sound one when it came
// late.
func (r *row) counts(in *input, un unwrapped, err *value.Error) bool {
	switch {
	case err == nil, r.trust == certain:
		return true
	case r.score != nil:
		return err.Kind == value.NeedsSchema
	case r.need == 0 && err.Kind == value.Limit && len(un.inner) >= keptOfCut:
		return true // no accident makes a megabyte
	case r.need > 0, err.Kind == value.Corrupt:
		return false
	}
	return in.text() != cleanText && isRecognizable(un.inner)
}

// isRecognizable reports whether the part that came out of a broken wrapper is
// text or the beginning of a pickle. A header of two bytes proves no damage.
func isRecognizable(inner []byte) bool {
	head := inner[:min(len(inner), maxScoredText)]
	if textBits(head[:validPrefix(head)]) >= sureBits {
		return true
	}
	_, ok := looksPickled(inner)
	return ok && len(inner) >= shortDamage
}

// trialLimits keeps a trial from spending what a real wrapper may.
func (d *decoder) trialLimits(r *row) value.Limits {
	lim := d.lim
	if r.need > 0 {
		lim.Output = min(lim.Output, 64<<20)
	}
	return lim
}

// convincing reports whether what came out of a wrapper without a signature
// proves the wrapper: a format that is recognized, or more clean text than
// went in. Nothing, and bytes, prove nothing.
func (r *row) convincing(out outcome, raw, inner []byte) bool {
	if out.Err != nil || len(inner) == 0 || out.Layers[0].Name == "binary" {
		return false
	}
	if out.trust >= r.need {
		return true
	}
	return r.need == fair && out.Layers[0].Name == "text" && len(inner) > len(raw) && judgeText(inner) == cleanText
}

// wrap puts r and the layers that came with it around what was inside.
func (o *outcome) wrap(r *row, in *input, reason string, un unwrapped) {
	layers := append([]Layer{{Name: r.name, Reason: reason, Size: len(in.raw), Detail: un.detail}}, un.through...)
	o.Layers = append(layers, o.Layers...)
	for i, names := range o.Also {
		outer := make([]string, len(layers))
		for j, l := range layers {
			outer[j] = l.Name
		}
		o.Also[i] = append(outer, names...)
	}
	o.plain = false
	if un.rest > 0 {
		o.TrailingBytes += un.rest
		o.flag("trailing-bytes")
	}
	for _, f := range un.flags {
		o.flag(f)
	}
}

// reading runs the row's parser or reader.
func (r *row) reading(in *input) reading {
	if r.read != nil {
		return r.read(in)
	}
	v, n, err := r.parse(in.raw, in.lim)
	return reading{value: v, n: n, err: err}
}

// outcome makes the reading of the innermost layer a result.
func (rd reading) outcome(r *row, in *input, reason string) outcome {
	name := r.name
	if rd.name != "" {
		name = rd.name
	}
	o := outcome{trust: r.trust}
	if rd.trust != 0 {
		o.trust = rd.trust
	}
	o.bits = grammarBits
	switch o.trust {
	case certain:
		o.bits = signatureBits
	case weak:
		o.bits = textBits(in.raw)
	}
	o.Layers = []Layer{{Name: name, Reason: reason, Size: len(in.raw), Detail: rd.detail}}
	o.Value, o.Err, o.Inner, o.Pickle, o.Shown = rd.value, rd.err, in.raw, rd.pickle, rd.shown
	for _, f := range rd.flags {
		o.flag(f)
	}
	if rd.err == nil && rd.n < len(in.raw) {
		o.TrailingBytes = len(in.raw) - rd.n
		o.flag("trailing-bytes")
	}
	return o
}

// bytes is the result for what no row explains, or for what came out of a
// wrapper before it broke: the bytes as they are, with no layer of their own.
func (d *decoder) bytes(raw []byte, err *value.Error) outcome {
	v := value.NewBytes(view(raw))
	if judgeText(raw) == cleanText {
		v = value.NewText(view(raw))
	}
	return outcome{Result: Result{Value: v, Err: err, Inner: raw}, trust: weak}
}

func (o *outcome) flag(name string) {
	if name != "" && !slices.Contains(o.Flags, name) {
		o.Flags = append(o.Flags, name)
	}
}

// splitChain reads "zlib,json", "zlib > json" or "zlib json".
func splitChain(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == '>' || r == ' ' })
}
