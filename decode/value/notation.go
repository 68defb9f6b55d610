package value

// Notation says in whose words a value is shown to people. It changes nothing
// of what the value is, and nothing of its JSON form.
type Notation uint8

// The notations. A decoder gives one to the value that it returns; what is
// inside takes it over, unless it was itself decoded from another format.
const (
	Inherited Notation = iota // that of the container around; Plain without one
	Plain                     // null, true, "text", as JSON has it
	Python                    // None, True, 'text'
	Ruby                      // nil, true, "text"
)

// WithNotation returns v in a notation.
func (v Value) WithNotation(n Notation) Value { v.notation = n; return v }

// InheritNotation returns v as it stands inside a container of notation n: in n, unless v
// has one of its own.
func (v Value) InheritNotation(n Notation) Value {
	if v.notation == Inherited {
		v.notation = n
	}
	return v
}

// Notation returns the notation, never Inherited.
func (v Value) Notation() Notation {
	if v.notation == Inherited {
		return Plain
	}
	return v.notation
}

// WithDoubt returns v marked as a reading that is ambiguous: the renderings for
// people show a mark behind it. The JSON form does not change.
func (v Value) WithDoubt(doubt bool) Value { v.doubt = doubt; return v }

// HasDoubt reports whether v is marked by [Value.WithDoubt].
func (v Value) HasDoubt() bool { return v.doubt }
