package inspect

import (
	"strconv"
	"strings"
	"time"

	"cacheview/decode"
	"cacheview/inspect/journal"
	"cacheview/inspect/keyspace"
)

// Server is what is known of the server behind a Client. A field that the
// server would not tell is zero; Missing says why.
type Server struct {
	Addr    string // host:port or the socket's path, never a password
	DB      int
	Product string // "Redis", "Valkey", "KeyDB", "Dragonfly", "miniredis"
	Version string
	Mode    string // "standalone", "cluster", "sentinel"
	// TLSUnverified is true when there is TLS and nobody checks with whom.
	TLSUnverified bool
	Missing       []MissingCommand
	// Identity tells this server from others, however they are addressed. It is
	// that of the handshake.
	Identity journal.Identity
}

// MissingCommand is a command the session would use and may not, with the effect in
// words for people.
type MissingCommand struct{ Command, Effect string }

// Name is how people and DeleteOptions.Confirmed call the database: "db0".
func (s Server) Name() string { return "db" + strconv.Itoa(s.DB) }

// ScansByType reports whether SCAN can leave out all keys but those of one type,
// which it can since Redis 6. A server that does not say what it is cannot.
func (s Server) ScansByType() bool {
	major, _, _ := strings.Cut(s.Version, ".")
	n, err := strconv.Atoi(major)
	return err == nil && n >= 6
}

// Progress is how far a scan has come. It is never shown as complete before
// Done.
type Progress struct {
	Scanned int // distinct keys found, of those that were asked for
	// Visited is how many keys the server has looked at: Scanned for a scan of
	// everything, else an estimate from the cursor, never more than Total.
	Visited int64
	Total   int64 // DBSIZE when the scan began, all masters; -1 when the server would not say
	// Inspected is how many of Scanned a plan knows more of than the name; it is 0
	// while the names are listed.
	Inspected int
	Done      bool
	// Nodes is how far the masters of a cluster have come, by their addresses;
	// nil for a single server.
	Nodes []NodeProgress
}

// ScanBatch is one step of a scan. The keys are already in the Index; From and To
// are the ids they got there (From <= id < To).
type ScanBatch struct {
	From, To uint32
	Progress Progress
}

// Key is one key's metadata as it was at At.
type Key struct {
	Name   []byte
	Meta   keyspace.Meta
	Exists bool
	At     time.Time
	// ByLength is true when Meta.Size is the length of the value (bytes of a
	// string, members of a collection), because MEMORY USAGE is not to be had.
	ByLength bool
	// Err is why there is no metadata of this key, such as an ACL that hides
	// it. The other keys are not affected.
	Err error
}

// ValueWindow is a bounded part of one key's value.
type ValueWindow struct {
	Key   Key
	Type  keyspace.Type
	Total int64 // bytes of a string, members of a collection, entries of a stream
	// Raw is the bytes of a string, at most the limit that was asked for.
	Raw []byte
	// Rows are the members of a collection in the server's order (list, zset,
	// stream) or in the order of its cursor (hash, set).
	Rows []Member
	// Truncated is true when the key holds more than this window, before it,
	// after it, or in a row that was cut.
	Truncated bool
	// More is true when Next leads to a further window.
	More     bool
	Next     Cursor
	Encoding string // OBJECT ENCODING, "" when not allowed
	// Module is the type's own name when the value cannot be read. Facts are
	// all that is known of it then.
	Module string
	// Facts are what the server answers about the value beside its members: of
	// a type of a module, of a vector set, of a stream.
	Facts []Fact
	// Groups are the consumer groups of a stream, in the first window.
	Groups []StreamGroup
	// Sampled is true when Rows were drawn at random, since the server cannot
	// list all members.
	Sampled bool
	// FieldTTLs is true when fields of a hash have expiries of their own: see
	// Row.Expiry.
	FieldTTLs bool
}

// A Fact is one thing that the server answers about a value.
type Fact struct{ Name, Text string }

// StreamGroup is a consumer group of a stream. Pending entries were delivered
// and are not acknowledged.
type StreamGroup struct {
	Name          string
	Pending       int64
	LastDelivered string // an ID
	Lag           int64  // entries that are not delivered yet, -1 when the server does not know
	Consumers     []StreamConsumer
	// MoreConsumers is how many further consumers the group has.
	MoreConsumers int64
}

// StreamConsumer is a consumer of a group.
type StreamConsumer struct {
	Name    string
	Pending int64
	Idle    time.Duration // since it last asked for entries
}

// Cursor is where the next window of a value begins. The zero Cursor is the
// beginning; any other comes from Window.Next and belongs to that key.
type Cursor struct {
	offset int64  // string: bytes; list, zset: members
	scan   uint64 // hash, set
	last   string // stream: the id before
}

// Member is one member of a collection.
type Member struct {
	Field []byte   // hash field, stream id; nil otherwise
	Value []byte   // hash value, list element, set member, zset member
	Score float64  // zset only
	Pairs [][]byte // stream only: field, value, field, value
	Index int64    // list only
	Cut   int64    // bytes that were left out of this row because they are too many
	// ScoreText is a score of 2^53 or more as the server writes it.
	ScoreText string
	// Expiry is when a hash field expires, in Unix milliseconds; 0 when it does
	// not.
	Expiry int64
	// Vector is what a member of a vector set stands for.
	Vector []float64
}

// Member returns the row as the decoders take it.
func (r Member) Member() decode.Member {
	return decode.Member{Field: r.Field, Value: r.Value, Score: r.Score, ScoreText: r.ScoreText, Pairs: r.Pairs, Vector: r.Vector}
}

// Selection names keys to plan a delete for. Exactly one of the first four is
// used.
type Selection struct {
	Keys   [][]byte // these keys
	Prefix []byte   // every key that starts with these bytes, literally
	Glob   string   // every key that matches, as Redis matches
	All    bool     // the whole database
	// Snapshot are the names of the database where they are known, in which a
	// plan looks for what depends on its keys. Nil lists the server for that.
	Snapshot *keyspace.Snapshot
	// What describes the keys in words, where more than their number is known.
	What string
}

// Plan is what a delete would do, exactly: the keys as bytes and what is known
// of them. Nothing outside Keys is ever deleted.
type Plan struct {
	Server      Server
	Description string // in words: "prefix flask_cache_memoize:", "3 keys"
	Keys        [][]byte
	Bytes       int64 // sum of MEMORY USAGE, or of lengths
	Types       map[keyspace.Type]int
	NoTTL       int          // keys that never expire
	MinTTL      keyspace.TTL // the TTL spread of the rest; 0, 0 when there are none
	MaxTTL      keyspace.TTL
	Sample      [][]byte       // at most ten of the keys
	NonCache    []NonCacheKeys // what of it is no cache entry
	// NonCacheSampled is how many values Beside was found by, where the plan has
	// more keys than that; 0 if all were looked at.
	NonCacheSampled int
	TooLarge        int // keys that are too large for an undo journal
	// TooLargeBytes is what these have of Bytes.
	TooLargeBytes int64
	WholeDB       bool
	// StaleEntries is how many results of a memoized function no call can hit any
	// more once the versions among Keys are gone, and which are not in Keys:
	// they stay until they expire. EntriesBytes is their size.
	StaleEntries int
	StaleBytes   int64

	// EveryKey is set if the plan holds every key of the database, whatever was
	// selected. It is set with WholeDB.
	EveryKey bool
	// Missing counts the keys that were named and do not exist.
	Missing int
	// NoCopy counts the keys of types that the server cannot DUMP. They stay
	// unless DeleteOptions.NoUndo is set.
	NoCopy map[keyspace.Type]int
	// UndoBlocked is why this user cannot undo the delete though copies are
	// made, "" if nothing is known against it.
	UndoBlocked string

	seen []fingerprint
	skew int64 // of the local clock to the server's, in milliseconds
}

// WantsName reports whether the name of the database is to be typed before the
// plan is carried out: it holds every key, whatever was selected. A single key,
// whose whole name is shown, is left out unless the database was selected.
func (p *Plan) WantsName() bool {
	return p.WholeDB || p.EveryKey && len(p.Keys) > 1
}

// DeleteReport is the result of a delete. Each planned key is counted once, as deleted,
// gone, expired, changed, not copied or failed; or not at all, if the delete
// stopped before its turn.
type DeleteReport struct {
	Planned int `json:"planned"`
	Deleted int `json:"deleted"`
	// Gone counts the keys that had been deleted or renamed already, and Expired
	// those that do not exist and whose TTL, as the plan saw it, has run out.
	Gone    int `json:"gone"`
	Expired int `json:"expired"`
	// Changed counts the keys that were written since the plan, and were skipped.
	Changed int `json:"changed"`
	// NotCopied counts the keys that were skipped because no copy could be made:
	// DUMP failed, the key is too large, or the undo limit is reached. Uncopied
	// are their names, and UncopiedTypes their types.
	NotCopied     int                   `json:"not_copied"`
	Uncopied      [][]byte              `json:"-"`
	UncopiedTypes map[keyspace.Type]int `json:"-"`
	Failed        int                   `json:"failed"`
	// OutcomeUnknown counts those of Failed that may be gone: the connection broke
	// before the server's reply, and the server could not be asked again.
	OutcomeUnknown int   `json:"unknown"`
	Bytes          int64 `json:"bytes"` // of the deleted keys, by the plan
	// Undo is the journal's ID, "" if nothing can be undone. NotUndoable counts
	// the deleted keys that are not in a journal.
	Undo        string     `json:"undo"`
	NotUndoable int        `json:"not_undoable"`
	Errors      []KeyError `json:"-"` // at most 100
	Stopped     bool       `json:"-"` // canceled between batches
}
