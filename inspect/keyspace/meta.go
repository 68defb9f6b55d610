// Package keyspace is the in-memory index of a database's keys: names in one
// byte arena, compact metadata, immutable snapshots, and the filters, sorts and
// prefix tree that the list on screen is made of. It knows nothing of Redis
// connections and nothing of terminals.
package keyspace

// Meta is what is known of a key beside its name.
type Meta struct {
	Type   Type
	Size   int64 // bytes, -1 when unknown
	Expiry int64 // absolute, Unix milliseconds; NoExpiry, FieldsExpire or UnknownExpiry
}

// Values of Meta.Expiry that are no point in time.
const (
	UnknownExpiry int64 = 0
	NoExpiry      int64 = -1
	// FieldsExpire is a hash without an expiry of its own whose fields all have
	// one: it does not stay.
	FieldsExpire int64 = -2
)
