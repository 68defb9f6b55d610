package ui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"cacheview/ui/theme"
)

// showHits picks out on a drawn line what a search looks for: without regard to
// case unless it has capitals, as the search itself. A hit that a line break
// cuts in two is not picked out.
func showHits(cells ansi.Method, line, text string, ink theme.Style) string {
	plain := ansi.Strip(line)
	at := plain
	if text == strings.ToLower(text) {
		at = strings.ToLower(plain)
	}
	if text == "" || len(at) != len(plain) || !strings.Contains(at, text) {
		return line // or a letter whose small form is longer
	}
	var out strings.Builder
	from := 0 // cells
	for i := 0; ; {
		n := strings.Index(at[i:], text)
		if n < 0 {
			break
		}
		hit := plain[i+n : i+n+len(text)]
		x := cells.StringWidth(plain[:i+n])
		out.WriteString(cells.TruncateLeft(cells.Truncate(line, x, ""), from, ""))
		out.WriteString(ink.Paint(hit))
		i += n + len(text)
		from = x + cells.StringWidth(hit)
	}
	out.WriteString(cells.TruncateLeft(line, from, ""))
	return out.String()
}
