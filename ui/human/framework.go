package human

import (
	"slices"

	"cacheview/inspect/insight"
)

// ByName returns the frameworks of a report with a word at those that only the
// names of their keys speak for.
func ByName(frameworks []insight.Group) []insight.Group {
	list := slices.Clone(frameworks)
	for i := range list {
		if !list[i].Certain {
			list[i].Name += " (by name)"
		}
	}
	return list
}

// FrameworkReason says why the keys of a group are counted as a framework's.
func FrameworkReason(g insight.Group) string {
	if g.Certain {
		return "by name and value"
	}
	return "by name"
}
