package human

import (
	"strings"

	"cacheview/decode"
	"cacheview/inspect"
)

// Beside says what of a plan is no cache entry, and by how many values that was
// found where not all were read; "" when nothing is.
func Beside(p *inspect.Plan) string {
	found := p.Beside
	if len(found) == 0 {
		return ""
	}
	parts := make([]string, len(found))
	for i, b := range found {
		what := b.Role.String()
		if b.Keys == 1 {
			what = b.Role.One()
		}
		parts[i] = Count(b.Keys) + " " + what + " (‘" + decode.PrintableName(b.Like) + "’)"
	}
	text := strings.Join(parts, ", ")
	if p.BesideSampled > 0 {
		text += ", by a sample of " + Plural(p.BesideSampled, "value")
	}
	return text
}

// Left says which stored results no call can hit any more once a plan is carried
// out, "" when there are none.
func Left(p *inspect.Plan) string {
	if p.Entries == 0 {
		return ""
	}
	stay := "stay"
	if p.Entries == 1 {
		stay = "stays"
	}
	return Plural(p.Entries, "result") + " (" + Size(p.EntriesBytes) + ") will never be hit again, and " + stay + " until expiry"
}

// Undoable says what of a plan can be brought back by a journal of at most so
// many bytes. What a key takes there is not known before: it may be a tenth of
// what it takes of the server's memory.
func Undoable(p *inspect.Plan, limit int64) string {
	switch {
	case limit == 0:
		return "cannot be undone"
	case p.Huge > 0 && p.Huge == len(p.Keys):
		return "cannot be undone: too large"
	case p.Bytes-p.HugeBytes > limit && p.Huge > 0:
		return "undo keeps at most " + Size(limit) + " of it, and not " + Plural(p.Huge, "key") + " too large"
	case p.Bytes-p.HugeBytes > limit:
		return "undo keeps at most " + Size(limit) + " of it"
	case p.Huge > 0:
		return "can be undone, but for " + Plural(p.Huge, "key") + " too large"
	}
	return "can be undone, up to " + Size(limit)
}
