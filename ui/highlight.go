package ui

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"cacheview/ui/theme"
)

// token is a stretch of a text up to byte to, all of one kind.
type token struct {
	to   int
	kind tokenKind
}

type tokenKind uint8

const (
	plainToken   tokenKind = iota
	nameToken              // a key of an object, an attribute
	stringToken            // what is in quotes
	numberToken            // and true, false, null
	wordToken              // a tag, a word of the language
	commentToken           // what is said beside it
)

// highlightLimit is the longest text that is looked through for colours.
const highlightLimit = 512 << 10

var (
	looksMarkup = regexp.MustCompile(`^\s*<(!|\?|/?[A-Za-z])`)
	looksSQL    = regexp.MustCompile(`(?i)^\s*(select|insert\s+into|update|delete\s+from|create\s+(table|index|view)|with)\s`)
)

// highlight finds the tokens of a JSON, HTML, XML or SQL text; nil for any
// other. It is one pass over the text without backtracking, whatever the text
// is: values are not written by friends.
func highlight(text string) []token {
	if len(text) > highlightLimit || !utf8.ValidString(text) {
		return nil
	}
	s := &tokenizer{text: text}
	head := strings.TrimLeft(text[:min(len(text), 256)], " \t\r\n")
	switch {
	case head == "":
		return nil
	case strings.HasPrefix(head, "{\"") || strings.HasPrefix(head, "{\n") || strings.HasPrefix(head, "[{") || strings.HasPrefix(head, "[\n") || strings.HasPrefix(head, "[\""):
		s.json()
	case looksMarkup.MatchString(head):
		s.markup()
	case looksSQL.MatchString(head):
		s.sql()
	default:
		return nil
	}
	return s.tokens
}

// ink is the colour of a kind.
func (k tokenKind) ink(th *theme.Theme) theme.Pair {
	switch k {
	case nameToken:
		return th.Name
	case stringToken:
		return th.String
	case numberToken:
		return th.Number
	case wordToken:
		return th.Node
	case commentToken:
		return th.Dim
	}
	return th.Text
}

// tokenizer walks over a text once.
type tokenizer struct {
	text   string
	at     int
	tokens []token
}

// take ends a token of n bytes.
func (s *tokenizer) take(n int, kind tokenKind) {
	s.at = min(s.at+max(n, 1), len(s.text))
	if last := len(s.tokens) - 1; last >= 0 && s.tokens[last].kind == kind {
		s.tokens[last].to = s.at
		return
	}
	s.tokens = append(s.tokens, token{s.at, kind})
}

// quoted is the length of what is in quotes from here on, to the end of the
// text where it is not closed.
func (s *tokenizer) quoted(escape bool) int {
	rest := s.text[s.at:]
	for i := 1; i < len(rest); i++ {
		switch {
		case escape && rest[i] == '\\':
			i++
		case rest[i] == rest[0]:
			return i + 1
		}
	}
	return len(rest)
}

// until is the length up to and with the first end, or of all that is left.
func (s *tokenizer) until(end string) int {
	rest := s.text[s.at:]
	if i := strings.Index(rest, end); i >= 0 {
		return i + len(end)
	}
	return len(rest)
}

// word is the length of the letters, digits and signs of names from here on.
func (s *tokenizer) word() int {
	n := 0
	for rest := s.text[s.at:]; n < len(rest); n++ {
		c := rest[n]
		if c|0x20 < 'a' || c|0x20 > 'z' {
			if (c < '0' || c > '9') && !strings.ContainsRune("_-.:", rune(c)) {
				break
			}
		}
	}
	return n
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func (s *tokenizer) json() {
	for s.at < len(s.text) {
		switch c := s.text[s.at]; {
		case c == '"':
			n := s.quoted(true)
			kind := stringToken
			if strings.HasPrefix(strings.TrimLeft(s.text[s.at+n:min(s.at+n+64, len(s.text))], " \t\r\n"), ":") {
				kind = nameToken
			}
			s.take(n, kind)
		case digit(c), c == '-', c >= 'a' && c <= 'z':
			s.take(s.word(), numberToken)
		default:
			s.take(1, plainToken)
		}
	}
}

func (s *tokenizer) markup() {
	for s.at < len(s.text) {
		rest := s.text[s.at:]
		switch {
		case strings.HasPrefix(rest, "<!--"):
			s.take(s.until("-->"), commentToken)
		case strings.HasPrefix(rest, "<![CDATA["):
			s.take(s.until("]]>"), stringToken)
		case rest[0] == '<' && looksMarkup.MatchString(rest[:min(len(rest), 4)]):
			s.tag()
		case rest[0] == '&':
			n := strings.IndexByte(rest[:min(len(rest), 12)], ';')
			s.take(n+1, map[bool]tokenKind{true: numberToken, false: plainToken}[n > 0])
		default:
			n := strings.IndexAny(rest[1:], "<&")
			if n < 0 {
				n = len(rest) - 1
			}
			s.take(n+1, plainToken)
		}
	}
}

// tag is everything from < to >.
func (s *tokenizer) tag() {
	s.take(2, wordToken)
	if n := s.word(); n > 0 {
		s.take(n, wordToken)
	}
	for s.at < len(s.text) {
		switch c := s.text[s.at]; {
		case c == '>':
			s.take(1, wordToken)
			return
		case c == '<':
			return
		case c == '/' || c == '?':
			s.take(1, wordToken)
		case c == '"' || c == '\'':
			s.take(s.quoted(false), stringToken)
		case s.word() > 0:
			s.take(s.word(), nameToken)
		default:
			s.take(1, plainToken)
		}
	}
}

func (s *tokenizer) sql() {
	for s.at < len(s.text) {
		rest := s.text[s.at:]
		switch c := rest[0]; {
		case c == '\'':
			s.take(s.quoted(false), stringToken)
		case c == '"' || c == '`':
			s.take(s.quoted(false), nameToken)
		case strings.HasPrefix(rest, "--"):
			s.take(s.until("\n"), commentToken)
		case strings.HasPrefix(rest, "/*"):
			s.take(s.until("*/"), commentToken)
		case digit(c):
			s.take(s.word(), numberToken)
		default:
			n := s.word()
			kind := plainToken
			if n > 1 && isSQLWord(rest[:n]) {
				kind = wordToken
			}
			s.take(n, kind)
		}
	}
}

// isSQLWord tells whether a word gives a statement its shape.
func isSQLWord(word string) bool {
	const words = " select from where insert into values update set delete create table index view with as join left right inner outer on and or not null is in like between group by order having limit offset union all distinct case when then else end primary key references default returning exists asc desc "
	return len(word) < 12 && strings.Contains(words, " "+strings.ToLower(word)+" ")
}
