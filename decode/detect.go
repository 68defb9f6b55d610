package decode

import (
	"slices"
	"strings"

	"cacheview/decode/value"
)

// maxPasses is how many layers are taken off one value: more than anybody
// stacks, few enough that a value which unwraps to itself ends.
const maxPasses = 16

// decoder is the state of one Decode: what is left to spend.
type decoder struct {
	lim    value.Limits
	key    []byte
	passes int    // layers that may still be taken off
	outer  string // the layer around the current one
	trying bool   // inside a trial: no trials within trials
}

// outcome is a Result with how sure it is.
type outcome struct {
	Result
	trust trust
}

// sniffed reads raw by the first row that holds. There is always one: the last
// rows are text and binary.
func (d *decoder) sniffed(raw []byte) outcome {
	in := &input{raw: raw, key: d.key, lim: d.lim, outer: d.outer}
	for i := range rows {
		r := &rows[i]
		if r.forcedOnly || r.need > 0 && (d.trying || r.need == fair && in.text() == cleanText) {
			continue
		}
		reason, ok := r.sniff(in)
		if !ok {
			continue
		}
		if out, ok := d.try(r, in, reason); ok {
			return out
		}
	}
	return d.bytes(raw, nil)
}

// try reads the input as r and says whether that reading counts.
func (d *decoder) try(r *row, in *input, reason string) (outcome, bool) {
	if r.unwrap != nil {
		return d.tryUnwrap(r, in, reason)
	}
	rd := r.reading(in)
	if r.trust != certain && !rd.damaged && (rd.err != nil || rd.n != len(in.raw)) {
		return outcome{}, false
	}
	out := rd.outcome(r, in, reason)
	out.flag(r.flag)
	return out, true
}

// tryUnwrap takes r off and reads what is inside.
func (d *decoder) tryUnwrap(r *row, in *input, reason string) (outcome, bool) {
	if d.passes == 0 {
		return outcome{}, false
	}
	un, err := r.unwrap(in.raw, d.trialLimits(r))
	if !r.counts(in, un, err) {
		return outcome{}, false
	}
	inside := *d
	inside.passes--
	inside.trying = d.trying || r.need > 0
	inside.outer = r.name
	var out outcome
	switch {
	case un.whole:
		out = outcome{Result{Value: un.value, Inner: in.raw}, r.trust}
	case err != nil && err.Kind != value.Checksum:
		out = inside.bytes(un.inner, err)
	case un.next != "":
		out = inside.forced(un.inner, splitChain(un.next))
	default:
		out = inside.sniffed(un.inner)
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

// counts says whether taking r off went well enough to believe in r: an error
// counts as damage for a certain row, and for a sound one when it came late.
func (r *row) counts(in *input, un unwrapped, err *value.Error) bool {
	switch {
	case err == nil, r.trust == certain:
		return true
	case r.need > 0, err.Kind == value.Corrupt:
		return false
	}
	return len(un.inner) > 0 && in.text() != cleanText
}

// trialLimits keeps a mere guess from spending what a real wrapper may.
func (d *decoder) trialLimits(r *row) value.Limits {
	lim := d.lim
	if r.need > 0 {
		lim.Output = min(lim.Output, 64<<20)
	}
	return lim
}

// convincing says whether what came out of a wrapper without a signature
// proves the wrapper: a recognised format, or more clean text than went in.
func (r *row) convincing(out outcome, raw, inner []byte) bool {
	if out.Err != nil {
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
	if un.rest > 0 {
		o.Rest += un.rest
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
	o.Layers = []Layer{{Name: name, Reason: reason, Size: len(in.raw), Detail: rd.detail}}
	o.Value, o.Err, o.Inner, o.Pickle = rd.value, rd.err, in.raw, rd.pickle
	for _, f := range rd.flags {
		o.flag(f)
	}
	if rd.err == nil && rd.n < len(in.raw) {
		o.Rest = len(in.raw) - rd.n
		o.flag("trailing-bytes")
	}
	return o
}

// bytes is the result for what no row explains, or for what came out of a
// wrapper before it broke: the bytes as they are, with no layer of their own.
func (d *decoder) bytes(raw []byte, err *value.Error) outcome {
	v := value.OfBytes(view(raw))
	if judgeText(raw) == cleanText {
		v = value.OfText(view(raw))
	}
	return outcome{Result{Value: v, Err: err, Inner: raw}, weak}
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
