package config

import (
	"strconv"
	"strings"
)

// lines knows on which line of the file a key is. The TOML library keeps that
// to itself, so this looks for "[table]" and "key =" at the start of lines. A
// multi-line text may hold such a line too: the first one counts, and the worst
// that comes of it is a wrong number in an error.
type lines map[string]int

func findLines(text string) lines {
	found := lines{}
	var head []string
	arrays := map[string]int{}
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "[["):
			name, _, _ := strings.Cut(line[2:], "]]")
			head = splitKey(name)
			arrays[name]++
			head = append(head, strconv.Itoa(arrays[name]))
			found.add(head, i+1)
		case strings.HasPrefix(line, "["):
			name, _, _ := strings.Cut(line[1:], "]")
			head = splitKey(name)
			for n := range head { // what it is in may have no line of its own
				found.add(head[:n+1], i+1)
			}
		default:
			if name, _, ok := strings.Cut(line, "="); ok && !strings.HasPrefix(line, "#") {
				found.add(append(append([]string{}, head...), splitKey(name)...), i+1)
			}
		}
	}
	return found
}

func (l lines) add(key []string, line int) {
	at := strings.Join(key, "\x00")
	if _, ok := l[at]; !ok {
		l[at] = line
	}
}

// of is the line of a key, or of the table that it would be in; 0 for none.
func (l lines) of(key []string) int {
	for n := len(key); n > 0; n-- {
		if line, ok := l[strings.Join(key[:n], "\x00")]; ok {
			return line
		}
	}
	return 0
}

// splitKey splits a dotted key, whose parts may be in quotes.
func splitKey(s string) []string {
	var parts []string
	var part strings.Builder
	quote := rune(0)
	for _, r := range s {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '"' || r == '\''):
			quote = r
		case quote == 0 && r == '.':
			parts = append(parts, part.String())
			part.Reset()
		case quote == 0 && (r == ' ' || r == '\t'):
		default:
			part.WriteRune(r)
		}
	}
	return append(parts, part.String())
}
