package human

import (
	"maps"
	"slices"
	"strings"

	"cacheview/decode"
	"cacheview/inspect"
	"cacheview/inspect/keyspace"
)

// NonCache says what of a plan is no cache entry, and by how many values that was
// found where not all were read; "" when nothing is.
func NonCache(p *inspect.Plan) string {
	found := p.NonCache
	if len(found) == 0 {
		return ""
	}
	parts := make([]string, len(found))
	for i, b := range found {
		what := b.Role.String()
		if b.Keys == 1 {
			what = b.Role.Singular()
		}
		parts[i] = Count(b.Keys) + " " + what + " (‘" + decode.PrintableName(b.Like) + "’)"
	}
	text := strings.Join(parts, ", ")
	if p.NonCacheSampled > 0 {
		text += ", by a sample of " + Plural(p.NonCacheSampled, "value")
	}
	return text
}

// StaleAfter says which stored results no call can hit any more once a plan is carried
// out, "" when there are none.
func StaleAfter(p *inspect.Plan) string {
	if p.StaleEntries == 0 {
		return ""
	}
	stay := "stay"
	if p.StaleEntries == 1 {
		stay = "stays"
	}
	return Plural(p.StaleEntries, "result") + " (" + Size(p.StaleBytes) + ") can no longer be used, and " + stay + " until expiry"
}

// UndoCoverage says what of a plan can be undone, with a journal of at most limit
// bytes. The size of a copy is not known before: it may be a tenth of the memory
// that the key takes on the server.
func UndoCoverage(p *inspect.Plan, limit int64) string {
	uncopied := 0
	for _, n := range p.NoCopy {
		uncopied += n
	}
	switch {
	case uncopied > 0:
		return "no copy can be made of " + Plural(uncopied, "key") + " (" + typeNames(p.NoCopy) + "): skipped"
	case p.UndoBlocked != "" && limit > 0:
		return "you cannot undo it: " + p.UndoBlocked
	case limit == 0:
		return "cannot be undone"
	case p.TooLarge > 0 && p.TooLarge == len(p.Keys):
		return "too large to be undone: skipped"
	case p.Bytes-p.TooLargeBytes > limit && p.TooLarge > 0:
		return "undo keeps at most " + Size(limit) + "; the rest, and " + Plural(p.TooLarge, "key") + " too large, are skipped"
	case p.Bytes-p.TooLargeBytes > limit:
		return "undo keeps at most " + Size(limit) + "; the rest is skipped"
	case p.TooLarge > 0:
		return "can be undone; " + Plural(p.TooLarge, "key") + " too large, skipped"
	}
	return "can be undone, up to " + Size(limit)
}

// typeNames is "hash, list".
func typeNames(types map[keyspace.Type]int) string {
	var names []string
	for _, t := range slices.Sorted(maps.Keys(types)) {
		names = append(names, t.String())
	}
	return strings.Join(names, ", ")
}

// Outcome describes what a delete did to the keys that it did not delete, "" if
// there are none.
func Outcome(r inspect.DeleteReport) string {
	var s string
	add := func(n int, text string) {
		if n > 0 {
			s += ", " + Count(n) + " " + text
		}
	}
	add(r.Expired, "expired before")
	add(r.Gone, "already gone")
	add(r.Changed, "changed and skipped")
	add(r.NotCopied, "skipped: no copy could be made")
	add(r.Failed, "failed")
	if r.OutcomeUnknown > 0 {
		s += " (" + Count(r.OutcomeUnknown) + " may be gone)"
	}
	return s
}

// NoCopyTitle asks about keys of which no copy could be made.
func NoCopyTitle(r inspect.DeleteReport) string {
	them := "them"
	if r.NotCopied == 1 {
		them = "it"
	}
	return "No copy could be made of " + Plural(r.NotCopied, "key") + " (" + typeNames(r.UncopiedTypes) + "). Delete " + them + " for good?"
}
