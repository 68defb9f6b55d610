package decode

import (
	"bytes"
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
			if in.compared() {
				out.bits = plainBits(in.raw)
			}
			if r.name == "text" {
				if in.compared() {
					out.bits = max(out.bits, min(textBits(in.raw), maxTextBits/2))
				}
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
