package cli

import (
	"fmt"
	"time"

	"cacheview/decode"
	"cacheview/inspect"
	"cacheview/inspect/keyspace"
	"cacheview/ui/human"
)

// write writes one row in the form that the flags ask for.
func (r *rowWriter) write(k inspect.Key) error {
	r.n++
	call, err := r.callOf(k)
	if err != nil {
		return err
	}
	switch {
	case r.flags.null:
		if _, err = r.w.Write(k.Name); err == nil {
			err = r.w.WriteByte(0)
		}
	case r.flags.json:
		var o object
		addKey(&o, k, time.Now())
		addCall(&o, call, time.Now())
		_, err = r.w.Write(o.line())
	case r.flags.long:
		_, err = fmt.Fprintf(r.w, "%-9s %7s %8s  %s%s\n", typeWord(k.Meta.Type), ttlWord(reachedUntil(k, call), time.Now()), sizeWord(k), named(k.Name), callWord(call))
	default:
		_, err = fmt.Fprintln(r.w, named(k.Name))
	}
	return err
}

// reachedUntil is the expiry that counts: the effective one of a memoized result,
// else the key's own.
func reachedUntil(k inspect.Key, call inspect.CallInfo) int64 {
	if call.Expiry != keyspace.UnknownExpiry {
		return call.Expiry
	}
	return k.Meta.Expiry
}

// callOf returns what is known of the call behind a key. All keys are listed for
// that, once, when the first key that needs it is written.
func (r *rowWriter) callOf(k inspect.Key) (inspect.CallInfo, error) {
	if r.findCalls == nil || !r.flags.json && !r.flags.long || !inspect.NeedsCalls(k.Name) || !isStringOrUnknown(k.Meta.Type) {
		return inspect.CallInfo{Expiry: keyspace.UnknownExpiry}, nil
	}
	if r.calls == nil {
		var err error
		if r.calls, err = r.findCalls(); err != nil {
			return inspect.CallInfo{}, err
		}
	}
	return r.calls.Of(k.Name, k.Meta.Expiry), nil
}

// isStringOrUnknown reports whether a key of a type may be one of Flask-Caching,
// which writes strings only.
func isStringOrUnknown(t keyspace.Type) bool {
	return t == keyspace.String || t == keyspace.UnknownType
}

// addCall adds the call behind a key, its function, and when it stops being
// reached.
func addCall(o *object, call inspect.CallInfo, now time.Time) {
	if call.Call != "" {
		o.text("call", call.Call)
	}
	if call.Function != "" {
		o.text("function", call.Function)
	}
	addEffective(o, call.Expiry, now)
}

// addEffective adds when a memoized result stops being reached.
func addEffective(o *object, expiry int64, now time.Time) {
	switch {
	case expiry == keyspace.NoExpiry:
		o.int("effective_ttl_ms", -1)
	case expiry > 0:
		o.int("effective_ttl_ms", max(keyspace.TTLAt(expiry, now).Milliseconds(), 0))
	}
}

// callWord is the call behind a key's name, or its function.
func callWord(call inspect.CallInfo) string {
	switch {
	case call.Call != "":
		return "  " + decode.Printable(call.Call)
	case call.Function != "":
		return "  " + decode.Printable(call.Function) + "(?)"
	}
	return ""
}

// addKey adds the members that describe a key. A number that the server would
// not tell is left out.
func addKey(o *object, k inspect.Key, now time.Time) {
	o.key("key", k.Name)
	o.text("type", k.Meta.Type.String())
	switch k.Meta.Expiry {
	case keyspace.UnknownExpiry:
	case keyspace.NoExpiry:
		o.int("ttl_ms", -1)
	case keyspace.FieldsExpire:
		o.int("ttl_ms", -1)
		o.bool("fields_expire", true)
	default:
		o.int("ttl_ms", max(keyspace.TTLAt(k.Meta.Expiry, now).Milliseconds(), 0))
	}
	if k.Meta.Size >= 0 {
		o.int("bytes", k.Meta.Size)
		if k.ByLength {
			o.text("bytes_of", "value")
		}
	}
	if k.Err != nil {
		o.text("key_error", k.Err.Error())
	}
}

func typeWord(t keyspace.Type) string {
	if t == keyspace.UnknownType {
		return "?"
	}
	return decode.Printable(t.String()) // a module's own word
}

// fieldsWord is in the place of the TTL of a hash that stays no longer than its
// fields, which all have TTLs.
const fieldsWord = "fields"

func ttlWord(expiry int64, now time.Time) string {
	switch expiry {
	case keyspace.UnknownExpiry:
		return "?"
	case keyspace.NoExpiry:
		return "never"
	case keyspace.FieldsExpire:
		return fieldsWord
	}
	return human.Expiry(expiry, now)
}

// sizeWord is the memory that a key takes. Where only the length of its value
// is known, members are not passed off as bytes.
func sizeWord(k inspect.Key) string {
	switch {
	case k.Meta.Size < 0:
		return "?"
	case k.ByLength && k.Meta.Type != keyspace.String:
		return "×" + human.Count(k.Meta.Size)
	}
	return human.Size(k.Meta.Size)
}
