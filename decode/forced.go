package decode

import (
	"strings"

	"cacheview/decode/value"
)

// Formats returns every name that Options.As understands, in the order of the
// detector.
func Formats() []string {
	var names []string
	seen := map[string]bool{}
	for _, r := range rows {
		if !seen[r.name] {
			seen[r.name] = true
			names = append(names, r.name)
		}
	}
	return append(names, Geo)
}

// forced reads raw as the layers that chain names, outermost first.
func (d *decoder) forced(raw []byte, chain []string) outcome {
	if len(chain) == 0 {
		return d.detected(raw)
	}
	in := &input{raw: raw, key: d.key, lim: d.lim, outer: d.outer}
	if chain[0] == Geo {
		return d.bytes(raw, &value.Error{Format: Geo, Kind: value.Unsupported, Detail: "only the scores of a sorted set are places"})
	}
	candidates := named(chain[0])
	if len(candidates) == 0 {
		return d.bytes(raw, &value.Error{Format: chain[0], Kind: value.Unsupported, Detail: "no format has this name"})
	}
	var out outcome
	for _, r := range candidates {
		out = d.force(r, in, chain[1:])
		if out.Err == nil {
			break
		}
	}
	return out
}

const forcedReason = "asked for"

// force reads the input as r and reports what does not fit as an error.
func (d *decoder) force(r *row, in *input, rest []string) outcome {
	if r.unwrap == nil {
		in.lim = d.budget.reading(d.lim)
		out := r.reading(in).outcome(r, in, forcedReason)
		d.budget.spend()
		if len(rest) > 0 && out.Err == nil {
			out.Err = &value.Error{Format: r.name, Kind: value.Corrupt, Detail: "is no wrapper: " + rest[0] + " cannot be inside"}
		}
		return out
	}
	un, err := d.takeOff(r, in.raw, d.lim)
	inside := *d
	inside.passes--
	inside.outer = r.name
	var out outcome
	switch {
	case un.whole:
		out = outcome{Result: Result{Value: un.value, Inner: in.raw}, trust: r.trust}
	case err != nil && err.Kind != value.Checksum, inside.passes <= 0:
		out = inside.bytes(un.inner, err)
	case len(rest) == 0 && un.next != "":
		out = inside.forced(un.inner, splitChain(un.next))
	default:
		out = inside.forced(un.inner, rest)
	}
	if out.Err == nil {
		out.Err = err
	}
	out.wrap(r, in, forcedReason, un)
	return out
}

// named returns the rows that a name means. "pickle" and "pickle4" both mean
// any pickle, since the bytes say which protocol they are.
func named(name string) []*row {
	name = strings.ToLower(name)
	if strings.HasPrefix(name, "pickle") {
		name = "pickle"
	}
	var found []*row
	for i := range rows {
		if rows[i].name == name {
			found = append(found, &rows[i])
		}
	}
	return found
}
