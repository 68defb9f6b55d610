package cli

import (
	"bufio"
	"context"
	"fmt"
	"time"

	"cacheview/decode"
	"cacheview/decode/value"
	"cacheview/inspect"
	"cacheview/inspect/keyspace"
	"cacheview/ui/human"
)

// fieldTTL is the expiry of a hash field.
type fieldTTL struct {
	field  []byte
	expiry int64
}

// addFacts keeps what a window has beside its members.
func (v *wholeValue) addFacts(w inspect.ValueWindow) {
	v.facts, v.groups = append(v.facts, w.Facts...), append(v.groups, w.Groups...)
	v.truncated = v.truncated || w.Sampled
	for _, r := range w.Rows {
		if r.Expiry > 0 {
			v.fields = append(v.fields, fieldTTL{r.Field, r.Expiry})
		}
		v.stays = v.stays || w.Type == keyspace.Hash && r.Expiry <= 0
	}
}

// unreadable is the reading of a value whose type has no reader.
func (v *wholeValue) unreadable() decode.Result {
	return decode.Result{
		Layers: []decode.Layer{{Name: "redis-" + v.module, Reason: "the key's type"}},
		Err:    &value.Error{Format: v.module, Kind: value.UnknownType, Detail: "values of the module type " + v.module + " cannot be read"},
	}
}

// members adds the facts to the JSON of a value.
func (v *wholeValue) factMembers(o *object, now time.Time) {
	if len(v.facts) > 0 {
		var info object
		for _, f := range v.facts {
			info.text(f.Name, f.Text)
		}
		o.raw("info", info.end())
	}
	if v.kind == keyspace.Stream && v.groups != nil {
		groups := make([]object, len(v.groups))
		for i, g := range v.groups {
			groups[i].bytes("name", []byte(g.Name))
			groups[i].int("pending", g.Pending)
			groups[i].text("last_delivered", g.LastDelivered)
			if g.Lag >= 0 {
				groups[i].int("lag", g.Lag)
			}
			consumers := make([]object, len(g.Consumers))
			for j, c := range g.Consumers {
				consumers[j].bytes("name", []byte(c.Name))
				consumers[j].int("pending", c.Pending)
				consumers[j].int("idle_ms", c.Idle.Milliseconds())
			}
			groups[i].objects("consumers", consumers)
		}
		o.objects("groups", groups)
	}
	if len(v.fields) > 0 {
		fields := make([]object, len(v.fields))
		for i, f := range v.fields {
			fields[i].bytes("field", f.field)
			fields[i].int("ttl_ms", max(keyspace.TTLAt(f.expiry, now).Milliseconds(), 0))
		}
		o.objects("field_ttls", fields)
	}
}

// writeFacts writes the facts for people, each on a line of its own that no
// notation reads as part of the value.
func (v *wholeValue) writeFacts(w *bufio.Writer, now time.Time) error {
	for _, f := range v.facts {
		fmt.Fprintf(w, "# %s: %s\n", decode.Printable(f.Name), decode.Printable(f.Text))
	}
	for _, g := range v.groups {
		fmt.Fprintf(w, "# group %s: %s\n", decode.Printable(g.Name), decode.Printable(human.Group(g)))
		for _, c := range g.Consumers {
			fmt.Fprintf(w, "#   consumer %s: %d pending, idle %s\n", decode.Printable(c.Name), c.Pending, human.TTLText(c.Idle))
		}
	}
	for _, f := range v.fields {
		fmt.Fprintf(w, "# field %s expires %s\n", shown(f.field), human.ExpiresIn(keyspace.TTLAt(f.expiry, now), now))
	}
	return w.Flush()
}

// getModule writes what is known of a value whose type has no reader.
func (a *app) getModule(_ context.Context, w *bufio.Writer, v *wholeValue) error {
	if err := v.writeFacts(w, time.Now()); err != nil {
		return err
	}
	a.note("cacheview: values of the module type %s cannot be read\n", decode.Printable(v.module))
	return errReported
}
