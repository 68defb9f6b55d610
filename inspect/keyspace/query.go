package keyspace

// MatchMode is how the text of a Query is compared with a name.
type MatchMode uint8

// The modes. An empty text matches every name in every mode.
const (
	// Prefix compares the first bytes, literally.
	Prefix MatchMode = iota
	// Substring looks for the bytes anywhere, literally.
	Substring
	// Glob matches the whole name as Redis does for KEYS and SCAN MATCH.
	Glob
	// Fuzzy looks for the characters in their order, with anything between
	// them, and ranks the names. Spaces separate terms that must all match. A
	// term without an ASCII capital ignores the case of ASCII letters.
	Fuzzy
	// Regexp searches for a regular expression in Go's RE2 syntax.
	Regexp
)

var modeNames = [...]string{"prefix", "substring", "glob", "fuzzy", "regexp"}

// String returns the mode's name, in lower case.
func (m MatchMode) String() string { return modeNames[min(m, Regexp)] }

// A Query says which keys are wanted.
type Query struct {
	Mode MatchMode
	Text string
	// Type keeps the keys of that type; UnknownType keeps all.
	Type Type
	// NoTTL keeps the keys that are known to have no expiry.
	NoTTL bool
}

// narrows reports whether every key that matches q also matches old.
func (q Query) narrows(old Query) bool {
	return (old.Type == UnknownType || old.Type == q.Type) && (!old.NoTTL || q.NoTTL) && q.textNarrows(old)
}

// usesMeta reports whether more than the name decides.
func (q Query) usesMeta() bool { return q.Type != UnknownType || q.NoTTL }

// Match reports whether the name matches; metadata is not looked at. A regular
// expression that does not compile matches nothing. Compile is faster for more
// than one name.
func (q Query) Match(name []byte) bool {
	m, err := q.Compile()
	return err == nil && m.Match(name)
}

// Ranges returns the parts of the name that made it match, as ascending pairs
// of byte offsets, for highlighting; nil when it does not match.
func (q Query) Ranges(name []byte) [][2]int {
	m, err := q.Compile()
	if err != nil {
		return nil
	}
	return m.Ranges(name)
}
