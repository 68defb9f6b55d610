package decode

import "cacheview/decode/value"

// DecodeNested reads a text or bytes inside a value as a value of its own: JSON or
// base64 kept in a string, a pickle kept in a field. It does so only on
// demand, because a string that holds JSON is still a string; ok is false when
// v holds no format that is certain enough.
func DecodeNested(v value.Value, opt Options) (r Result, ok bool) {
	if v.Kind() != value.Text && v.Kind() != value.Bytes || v.Tag() != "" || v.Len() < 2 {
		return Result{}, false
	}
	raw := []byte(v.Text())
	d := &decoder{lim: opt.Limits.OrDefault(), passes: maxPasses, outer: "value", budget: NewBudget()}
	d.budget.add(len(raw), d.lim)
	out := d.detected(raw)
	need := sound
	if v.Kind() == value.Bytes {
		need = fair
	}
	if out.Err != nil || out.trust < need {
		return Result{}, false
	}
	if last := out.Layers[len(out.Layers)-1].Name; last == "json" && out.Value.Kind() != value.Seq && out.Value.Kind() != value.Map {
		return Result{}, false
	}
	return out.inItsWords(), true
}
