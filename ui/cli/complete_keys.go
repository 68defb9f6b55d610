package cli

import (
	"context"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"cacheview/decode"
	"cacheview/inspect"
	"cacheview/inspect/keyspace"
	"cacheview/ui/human"
)

const (
	// maxNames is how many names one completion looks at.
	maxNames = 20_000
	// maxWhole is how many names are offered whole. Of more of them only the
	// next segment is, as of directories.
	maxWhole = 40
)

// findKeys offers names of keys, or the next segments of them.
func (a *app) findKeys(ctx context.Context, c *inspect.Client, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	names := make(map[string]int)
	prefix, err := decode.ParseName(word)
	if err != nil {
		return nil, 0
	}
	for _, name := range a.names(ctx, c, string(prefix)) {
		text := decode.PrintableName([]byte(name))
		if a.offers(text) && strings.HasPrefix(text, word) && !slices.Contains(args, text) {
			names[text] = 1
		}
	}
	if len(names) <= maxWhole {
		return slices.Sorted(maps.Keys(names)), 0
	}
	delims := a.delims()
	if delims == "" {
		delims = ":"
	}
	segments := make(map[string]int)
	for name := range names {
		if end := strings.IndexAny(name[len(word):], delims); end >= 0 {
			name = name[:len(word)+end+1]
		}
		segments[name]++
	}
	words := make([]cobra.Completion, 0, len(segments))
	directive := cobra.ShellCompDirectiveDefault
	for _, name := range slices.Sorted(maps.Keys(segments)) {
		if n := segments[name]; n > 1 {
			words = append(words, cobra.CompletionWithDesc(name, human.Plural(n, "key")))
			directive = cobra.ShellCompDirectiveNoSpace // there is more to come
		} else {
			words = append(words, name)
		}
	}
	return words, directive
}

// names lists names that start with a prefix, as far as time and memory go.
func (a *app) names(ctx context.Context, c *inspect.Client, prefix string) []string {
	var names []string
	_ = eachPage(ctx, c, inspect.ScanOptions{Prefix: []byte(prefix)}, func(page [][]byte, _ inspect.Progress) error {
		for _, name := range page {
			names = append(names, string(name))
		}
		if len(names) >= maxNames {
			return errEnough
		}
		return nil
	})
	return names
}

// findFunctions offers the functions that Flask-Caching memoizes.
func (a *app) findFunctions(ctx context.Context, c *inspect.Client, _ []string, word string) (words []cobra.Completion, _ cobra.ShellCompDirective) {
	listing, cancel := context.WithTimeout(ctx, completionPatience/2)
	defer cancel()
	idx := keyspace.New(0)
	for scan := c.NewScan(idx, inspect.ScanOptions{}); ; {
		if _, err := scan.Next(listing); err != nil {
			break // the end, or the end of the time: what is there is there
		}
	}
	apps, err := c.Flask(ctx, idx.Snapshot(), nil)
	if err != nil {
		return nil, 0
	}
	for _, f := range apps.Functions() {
		if a.offers(f.Name) && strings.HasPrefix(f.Name, word) && !slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, f.Name+"\t") }) {
			words = append(words, cobra.CompletionWithDesc(f.Name, human.Plural(f.Entries, "result")))
		}
	}
	return words, 0
}

// completeFormats offers what may come next in a chain of formats.
func completeFormats(_ *cobra.Command, _ []string, word string) (words []cobra.Completion, _ cobra.ShellCompDirective) {
	chain := word[:strings.LastIndexByte(word, ',')+1]
	for _, format := range decode.Formats() {
		if strings.HasPrefix(chain+format, word) {
			words = append(words, chain+format)
		}
	}
	return words, cobra.ShellCompDirectiveNoFileComp
}

// maxOffered is the longest name that is offered, in bytes.
const maxOffered = 256

// isQuotable says whether a name can be offered to a shell that quotes it. It is
// one line to the shell, without the spaces around it, and up to a tab.
func isQuotable(name string) bool {
	return name != "" && name[0] != '-' && len(name) <= maxOffered && utf8.ValidString(name) &&
		decode.Printable(name) == name && strings.TrimSpace(name) == name
}

// isWord says whether every shell takes a name for a single plain word, however
// it is put on a command line: the first of several completions is inserted as
// far as they agree, and not every shell quotes that.
func isWord(name string) bool {
	if name == "" || name[0] == '-' || name[0] == '@' || len(name) > maxOffered {
		return false
	}
	for _, r := range name {
		switch {
		case r == unicode.ReplacementChar:
			return false
		case r < 0x80:
			if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:@%+,", r) {
				return false
			}
		case !unicode.IsLetter(r) && !unicode.IsDigit(r), decode.Printable(string(r)) != string(r):
			return false
		}
	}
	return true
}
