// Package keyspace is the in-memory index of a database's keys: names in one
// byte arena, compact metadata, immutable snapshots, and the filters, sorts and
// prefix tree that the list on screen is made of. It knows nothing of Redis
// connections and nothing of terminals.
package keyspace

// Type is the type of a key's value.
type Type uint8

// The types, UnknownType until somebody asked the server.
const (
	UnknownType Type = iota
	String
	Hash
	List
	Set
	ZSet
	Stream
	JSON
	Other // a module's type
	numTypes
)

var typeNames = [numTypes]string{"", "string", "hash", "list", "set", "zset", "stream", "ReJSON-RL", "other"}

// String returns the name that TYPE answers, "" when unknown.
func (t Type) String() string { return typeNames[min(t, Other)] }

// ParseType is the reverse of String; a name it does not know is Other, and
// "none" or "" is UnknownType.
func ParseType(name string) Type {
	if name == "" || name == "none" {
		return UnknownType
	}
	for t := String; t < Other; t++ {
		if typeNames[t] == name {
			return t
		}
	}
	return Other
}

// Meta is what is known of a key beside its name.
type Meta struct {
	Type   Type
	Size   int64 // bytes, -1 when unknown
	Expiry int64 // absolute, Unix milliseconds; NoExpiry or UnknownExpiry
}

// Values of Meta.Expiry that are no point in time.
const (
	UnknownExpiry int64 = 0
	NoExpiry      int64 = -1
)
