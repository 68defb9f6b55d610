package ui

import (
	"strings"
	"time"

	"cacheview/decode"
	"cacheview/decode/value"
	"cacheview/inspect"
	"cacheview/inspect/keyspace"
	"cacheview/ui/human"
	"cacheview/ui/theme"
)

// maxFactLines limits the lines of a header that groups and facts take.
const maxFactLines = 6

// factLines are what the server answers about a value beside its members, for
// the header.
func (c *content) factLines(w int) []string {
	var lines []string
	for _, g := range c.Win.Groups {
		lines = append(lines, "group "+decode.Printable(g.Name)+": "+human.Group(g))
		for _, k := range g.Consumers {
			lines = append(lines, "  consumer "+decode.Printable(k.Name)+": "+human.Count(k.Pending)+" pending, idle "+human.TTLText(k.Idle))
		}
	}
	if len(c.Win.Facts) > 0 && c.Win.Module == "" {
		var parts []string
		for _, f := range c.Win.Facts {
			parts = append(parts, decode.Printable(f.Name)+" "+decode.Printable(f.Text))
		}
		lines = append(lines, wrapWords(strings.Join(parts, " · "), max(w, 1))...)
	}
	if more := len(lines) - maxFactLines; more > 0 {
		lines = append(lines[:maxFactLines:maxFactLines], "… "+human.Plural(more, "more line")+": cacheview get")
	}
	return lines
}

// aside is a further column of a table of members: when a hash field expires,
// when a stream entry was added. name is empty without one.
func (c *content) aside() (name string, of func(i int) string) {
	rows := c.Win.Rows
	switch {
	case c.Win.Type == keyspace.Hash && c.Win.FieldTTLs:
		return "expires", func(i int) string {
			if i >= len(rows) || rows[i].Expiry <= 0 {
				return "never"
			}
			return momentText(rows[i].Expiry)
		}
	case c.Win.Type == keyspace.Stream && len(rows) > 0 && idTime(rows[0].Field) != "":
		return "time", func(i int) string {
			if i >= len(rows) {
				return ""
			}
			return idTime(rows[i].Field)
		}
	}
	return "", nil
}

func momentText(ms int64) string {
	t := time.UnixMilli(ms)
	if t.Year() > 9999 {
		return human.Date(ms)
	}
	return t.Format(time.DateTime)
}

// firstIDTime is the least that a stream ID can be a time in milliseconds: of
// the year 2001. Smaller ones were made by hand.
const firstIDTime = 1_000_000_000_000

// idTime is the time of a stream ID that the server made, "" of any other.
func idTime(id []byte) string {
	ms, _, ok := strings.Cut(string(id), "-")
	if !ok || len(ms) != len("1000000000000") {
		return ""
	}
	n := int64(0)
	for _, d := range []byte(ms) {
		if d < '0' || d > '9' {
			return ""
		}
		n = n*10 + int64(d-'0')
	}
	if n < firstIDTime {
		return ""
	}
	return momentText(n)
}

// vectorValue is an element of a vector set: its vector and its attributes.
func vectorValue(row inspect.Member, one func([]byte) value.Value) value.Value {
	numbers := make(value.List, len(row.Vector))
	for i, f := range row.Vector {
		numbers[i] = value.NewFloat(f)
	}
	d := value.Dict{{Key: value.NewText("vector"), Value: value.NewSeq(numbers)}}
	if len(row.Value) > 0 {
		d = append(d, value.Pair{Key: value.NewText("attributes"), Value: one(row.Value)})
	}
	return value.NewMap(d)
}

// moduleBody is what the server answers about a value of a type that cannot be
// read.
type moduleBody struct {
	th    *theme.Theme
	facts []inspect.Fact
}

// Len returns the number of facts, or 1 for the line that says that there are
// none.
func (b *moduleBody) Len() int { return max(len(b.facts), 1) }

// Line draws one fact.
func (b *moduleBody) Line(i, w int, lit bool) string {
	if len(b.facts) == 0 {
		return b.th.Dim.For(lit).Paint(fit("(the server tells no more about values of this type)", w))
	}
	f := b.facts[i]
	return b.th.Name.For(lit).Paint(fit(decode.Printable(f.Name), min(24, w))) +
		b.th.Text.For(lit).Paint(fit(decode.Printable(f.Text), max(w-24, 0)))
}
