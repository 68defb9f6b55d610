package inspect

import (
	"context"

	"cacheview/inspect/keyspace"
)

// fieldTTLs reads the expiries of the hash fields in the window, which Redis has
// since 7.4 and Valkey since 9.
func (v *valueReader) fieldTTLs(ctx context.Context) error {
	if v.c.noFieldTTLs.Load() || len(v.w.Rows) == 0 {
		return nil
	}
	var whole []int // rows whose names were not cut
	args := []any{"hpexpiretime", v.name, "fields", 0}
	for i, r := range v.w.Rows {
		if int64(len(r.Field)) < v.opt.Limit && r.Cut == 0 {
			whole, args = append(whole, i), append(args, r.Field)
		}
	}
	if args[3] = len(whole); len(whole) == 0 {
		return nil
	}
	r, err := v.ask(ctx, args...)
	switch {
	case unsupported(err):
		v.c.noFieldTTLs.Store(true)
		return nil
	case err != nil:
		return v.optional(err, "field TTLs")
	}
	r.array()
	for _, i := range whole {
		if at := r.next().n; at > 0 {
			v.w.Rows[i].Expiry, v.w.FieldTTLs = at, true
		}
	}
	if v.w.FieldTTLs && !v.w.More && v.opt.From == (Cursor{}) && v.w.Key.Meta.Expiry == keyspace.NoExpiry && v.allExpire() {
		v.w.Key.Meta.Expiry = keyspace.FieldsExpire
	}
	return r.err
}

// allExpire reports whether every field of the window expires.
func (v *valueReader) allExpire() bool {
	for _, r := range v.w.Rows {
		if r.Expiry <= 0 {
			return false
		}
	}
	return true
}
