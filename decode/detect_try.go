package decode

import (
	"fmt"

	"cacheview/decode/value"
)

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
		if in.compared() {
			o.bits = textBits(in.raw)
		}
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
