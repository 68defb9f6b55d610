// Package evidence holds the grade that every claim about foreign data carries:
// which format bytes are in, which framework wrote a key, whether a result is
// stale. The decoders, key naming, the analysis of frameworks and the reports
// all use this one type, so "proven" means the same everywhere.
//
// The package is pure data. It decides nothing: whoever recognizes something
// returns a [Finding] with the rule that fitted.
package evidence

import (
	"encoding"
	"fmt"
)

// Grade is how well a claim is supported. Grades are ordered: a larger one is
// better supported. The zero value is Unknown, so a claim that nobody graded
// claims nothing.
type Grade uint8

const (
	// Unknown means that nothing fits, or that what would decide it could
	// not be read: a missing permission, a read error, a limit. It never
	// means absent, empty, stale or expired.
	Unknown Grade = iota
	// Likely means that a rule fits and outweighs every other reading. It is
	// shown with its reason; nothing is deleted because of it.
	Likely
	// Proven means that the claim follows from bytes or replies that were
	// read in full, by a rule that cannot fit anything else.
	Proven
)

var names = [...]string{Unknown: "unknown", Likely: "likely", Proven: "proven"}

// String returns "unknown", "likely" or "proven".
func (g Grade) String() string {
	if int(g) < len(names) {
		return names[g]
	}
	return fmt.Sprintf("Grade(%d)", uint8(g))
}

// Certain reports whether g is Proven: the member "certain" of the JSON
// contract.
func (g Grade) Certain() bool { return g == Proven }

var (
	_ encoding.TextMarshaler   = Grade(0)
	_ encoding.TextUnmarshaler = (*Grade)(nil)
)

// MarshalText writes g as its name, so that it is a text in JSON.
func (g Grade) MarshalText() ([]byte, error) {
	if int(g) >= len(names) {
		return nil, fmt.Errorf("evidence: no such grade: %d", uint8(g))
	}
	return []byte(names[g]), nil
}

// UnmarshalText reads what MarshalText wrote.
func (g *Grade) UnmarshalText(text []byte) error {
	for i, name := range names {
		if name == string(text) {
			*g = Grade(i)
			return nil
		}
	}
	return fmt.Errorf("evidence: no such grade: %q", text)
}

// Weakest returns the lowest of the grades: what a conclusion is worth that
// needs all of them. Of none it is Proven, as nothing is in doubt.
func Weakest(grades ...Grade) Grade {
	g := Proven
	for _, x := range grades {
		g = min(g, x)
	}
	return g
}

// Finding is a grade with its reason: one short phrase that names the rule
// that fitted, or what is missing. It is meant to be embedded or used as the
// field of a larger result. The zero value is "unknown" without a reason.
type Finding struct {
	Grade  Grade  `json:"grade"`
	Reason string `json:"reason,omitempty"`
}

// String returns "likely: every byte is used", or the grade alone.
func (f Finding) String() string {
	if f.Reason == "" {
		return f.Grade.String()
	}
	return f.Grade.String() + ": " + f.Reason
}
