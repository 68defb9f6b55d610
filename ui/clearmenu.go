package ui

import (
	"bytes"
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"cacheview/decode"
	"cacheview/inspect"
	"cacheview/inspect/keyspace"
	"cacheview/ui/human"
)

const (
	// separators end a part of a name.
	separators = ":/.-_|+#@!;, "
	// leastShared is how long a beginning is at least that ends at no separator.
	leastShared = 3
)

// sharedPrefix returns the longest beginning of a name that other keys have as
// well, up to a separator or else to the tail in which they differ, and how many
// keys have it. It is empty if no other key begins like this one.
func sharedPrefix(s *keyspace.Snapshot, name []byte) (prefix []byte, keys int) {
	shared := make([]int, len(name)+1) // keys by how much of the beginning they share
	for id := range uint32(s.IDCount()) {
		if s.IsAlive(id) {
			shared[commonLength(s.Name(id), name)]++
		}
	}
	total := shared[len(name)]
	longest := 0
	for n := len(name) - 1; n > 0; n-- {
		total += shared[n]
		if total < 2 {
			continue
		}
		longest = max(longest, n)
		if strings.IndexByte(separators, name[n-1]) >= 0 {
			return name[:n], total
		}
	}
	for longest > 0 && longest < len(name) && !utf8.RuneStart(name[longest]) {
		longest--
	}
	if longest < leastShared {
		return nil, 0
	}
	return name[:longest], withPrefix(s, name[:longest])
}

func commonLength(a, b []byte) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// withPrefix counts the listed keys that start with a prefix.
func withPrefix(s *keyspace.Snapshot, prefix []byte) int {
	n := 0
	for id := range uint32(s.IDCount()) {
		if s.IsAlive(id) && bytes.HasPrefix(s.Name(id), prefix) {
			n++
		}
	}
	return n
}

// typePrefix asks for the prefix to clear, and says how many of the listed keys
// have the one that is typed.
func (m *model) typePrefix(prefix []byte) tea.Cmd {
	text := ""
	if len(prefix) > 0 {
		text = decode.PrintableName(prefix)
	}
	cmd := m.prompt.begin("clear prefix", text, func(text string) tea.Cmd {
		prefix, err := decode.ParseName(text)
		switch {
		case err != nil:
			return m.prompt.again(text, err)
		case len(prefix) == 0:
			m.status.say("nothing was deleted: an empty prefix is every key")
			return nil
		}
		return m.planFor(inspect.Selection{Prefix: prefix})
	})
	var counted, said string
	m.prompt.live = func(text string) string {
		if text == counted && said != "" {
			return said
		}
		counted = text
		prefix, err := decode.ParseName(text)
		switch {
		case err != nil:
			said = "not a name"
		case len(prefix) == 0:
			said = "a literal prefix"
		default:
			said = human.Plural(withPrefix(m.idx.Snapshot(), prefix), "key")
			if !m.progress.Done {
				said += " so far"
			}
		}
		return said
	}
	return cmd
}
