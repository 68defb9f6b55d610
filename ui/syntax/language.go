package syntax

import (
	encjson "encoding/json"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Language is the name of a definition in lexers.
type Language string

const (
	// None is a text of no language that is known.
	None       Language = ""
	css        Language = "css"
	html       Language = "html"
	javascript Language = "javascript"
	json       Language = "json"
	sql        Language = "sql"
	xml        Language = "xml"
	yaml       Language = "yaml"
)

// names are the languages in the words of those who write them.
var names = map[Language]string{
	css: "CSS", html: "HTML", javascript: "JavaScript", json: "JSON", sql: "SQL", xml: "XML", yaml: "YAML",
}

// String returns the name of the language for people, "" for None.
func (l Language) String() string { return names[l] }

// headSize is how much of a text is looked at to know its language.
const headSize = 4 << 10

// heads are how texts of a language begin. They are compiled when the first
// text is shown, not whenever the program starts.
var heads = sync.OnceValue(func() (h struct{ markup, sql, css, script, yamlLine, yamlNested *regexp.Regexp }) {
	h.markup = regexp.MustCompile(`^<(\?xml\b|!--|!\[CDATA\[|!(?i:doctype)\s+([a-zA-Z]+)|([A-Za-z][\w:.-]*)(?:\s|/?>))`)

	h.sql = regexp.MustCompile(`(?is)^(?:--[^\n]*\n\s*|/\*.*?\*/\s*)*(?:` +
		`select\s.+?\sfrom\s|select\s+[\d'(]|` +
		`insert\s+into\s|update\s+\S+\s+set\s|delete\s+from\s\S|` +
		`create\s+(?:or\s+replace\s+|temp\w*\s+|unique\s+)?(?:table|index|view)\s|alter\s+table\s|` +
		`with\s+(?:recursive\s+)?\S+\s+as\s*\()`)

	h.css = regexp.MustCompile(`(?s)^(?:/\*.*?\*/\s*)*(?:` +
		`@(?:charset|import|media|font-face|keyframes|layer|supports)\b|` +
		`[:.#*\w\[][^{};]*\{\s*(?:/\*.*?\*/\s*)*-{0,2}[a-z][\w-]*\s*:[^;{}]+[;}])`)

	h.script = regexp.MustCompile(`^(?://[^\n]*\n\s*)*(?:` +
		`["']use strict["']|[!(;]*(?:async\s+)?function\s*[\w$*]*\s*\(|\(\(\)\s*=>|` +
		`(?:const|let|var)\s+(?:[\w$]+\s*=|[{\[])|` +
		`import\s+(?:[\w{*][^\n"']*\sfrom\s+)?["']|export\s+(?:default|const|function|class|async)\b)`)

	h.yamlLine = regexp.MustCompile(`^\s*(?:#.*|- .*|-|(?:"[^"]*"|'[^']*'|[A-Za-z_][\w .-]*):(?:\s.*)?)$`)
	h.yamlNested = regexp.MustCompile(`(?m)^[A-Za-z_"'][^:\n]*:\s*\n(?:\s+|- )\S`)
	return h
})

// htmlTags are the elements that a page or a piece of one begins with.
var htmlTags = strings.Fields("a article aside b blockquote body br button center code dd details dialog div dl em fieldset figure footer form h1 h2 h3 h4 h5 h6 head header hr html i iframe img input label legend li link main meta nav noscript ol option p picture pre script section select small span strong style table tbody td template textarea tfoot th thead title tr turbo-frame turbo-stream u ul video")

// LanguageOf recognises a text by how it begins; None where that could as well
// be prose. It reads at most headSize bytes.
func LanguageOf(text string) Language {
	head := strings.TrimLeft(strings.TrimPrefix(text[:min(len(text), headSize)], "\ufeff"), " \t\r\n")
	switch {
	case head == "":
	case head[0] == '{' || head[0] == '[':
		if isJSON(head) {
			return json
		}
	case head[0] == '<':
		return markup(head)
	}
	switch {
	case heads().sql.MatchString(head):
		return sql
	case heads().script.MatchString(head):
		return javascript
	case heads().css.MatchString(head):
		return css
	case isYAML(head, len(text) > headSize):
		return yaml
	}
	return None
}

// markup tells HTML from XML.
func markup(head string) Language {
	m := heads().markup.FindStringSubmatch(head)
	switch {
	case m == nil:
		return None
	case m[1] == "?xml" || m[1] == "![CDATA[":
		return xml
	case m[1] == "!--":
		if _, rest, ok := strings.Cut(head, "-->"); ok {
			if rest = strings.TrimLeft(rest, " \t\r\n"); strings.HasPrefix(rest, "<") {
				return markup(rest)
			}
		}
		return html
	case m[2] != "" && !strings.EqualFold(m[2], "html"), m[3] != "" && !slices.Contains(htmlTags, strings.ToLower(m[3])):
		return xml
	}
	return html
}

// isJSON tells whether the head of a text is JSON as far as it goes.
func isJSON(head string) bool {
	d := encjson.NewDecoder(strings.NewReader(head))
	for n := 0; ; n++ {
		_, err := d.Token()
		switch {
		case err == nil:
		case n > 1 && errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return true
		default:
			var wrong *encjson.SyntaxError
			return errors.As(err, &wrong) && n > 1 && wrong.Offset >= int64(len(head))-1
		}
	}
}

// isYAML wants a marker, or lines that are all keys and items, with some of
// them inside another: "name: value" alone is a header of a mail as well.
func isYAML(head string, cut bool) bool {
	if strings.HasPrefix(head, "---\n") || strings.HasPrefix(head, "--- ") || strings.HasPrefix(head, "%YAML ") {
		return true
	}
	lines := strings.Split(strings.ReplaceAll(strings.TrimRight(head, "\r\n"), "\r\n", "\n"), "\n")
	if cut {
		lines = lines[:len(lines)-1]
	}
	for _, line := range lines {
		if strings.TrimSpace(line) != "" && !heads().yamlLine.MatchString(line) {
			return false
		}
	}
	return heads().yamlNested.MatchString(head)
}
