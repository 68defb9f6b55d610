package syntax

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestLanguageOf(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		want Language
	}{
		"object":              {` {"a": 1, "b": [true, null]}`, json},
		"rows":                {"[\n  {\"id\": 1}]", json},
		"numbers":             {"[1, 2.5, -3e7]", json},
		"empty list":          {"[]", json},
		"cut object":          {`{"a": {"b": "never en`, json},
		"long object":         {`{"a":"` + strings.Repeat("日本", 5000) + `"}`, json},
		"lines of objects":    {"{\"a\":1}\n{\"a\":2}\n", json},
		"log line":            {"[2024-01-01 12:00] started", None},
		"log level":           {"[INFO] started", None},
		"footnote":            {"[1] Knuth, volume 2", None},
		"template":            {"{{ user.name }}", None},
		"python dict":         {"{'a': 1}", None},
		"page":                {"<!DOCTYPE html>\n<html lang=de>", html},
		"shouted page":        {"<!doctype HTML><title>x</title>", html},
		"piece of a page":     {"  <div class=\"x\">hello</div>", html},
		"commented piece":     {"<!-- cached 12:00 -->\n<ul><li>x</ul>", html},
		"feed":                {"<?xml version='1.0'?>\n<rss/>", xml},
		"envelope":            {"<soap:Envelope xmlns:soap='x'>", xml},
		"commented feed":      {"<!-- x --><feed><entry/></feed>", xml},
		"other document type": {"<!DOCTYPE svg PUBLIC \"x\">", xml},
		"mail address":        {"<ada@example.org> wrote", None},
		"less than":           {"< 5 is small", None},
		"query":               {"SELECT a, b FROM t WHERE x = 'y'", sql},
		"query over lines":    {"select a,\n  b\nfrom t\n", sql},
		"commented query":     {"/* app:shop */ -- x\n SELECT 1", sql},
		"change":              {"UPDATE users SET name = 'x'", sql},
		"with":                {"WITH t AS (SELECT 1) SELECT * FROM t", sql},
		"prose with update":   {"Update your password", None},
		"prose with select":   {"Select a colour", None},
		"prose with with":     {"with kind regards", None},
		"stylesheet":          {"/* x */ body > a:hover { color: #fff; margin: 0 }", css},
		"media":               {"@media print { a { color: red } }", css},
		"variables":           {":root{--main: 1px;}", css},
		"script":              {"(function() { return 1 })()", javascript},
		"module":              {"import x from \"y\"\n", javascript},
		"constant":            {"const a = {b: 1}", javascript},
		"strict":              {"'use strict';\nvar a", javascript},
		"prose with let":      {"let me know", None},
		"prose with import":   {"import the file first", None},
		"prose with function": {"function keys are broken", None},
		"settings":            {"debug: true\nlangs:\n  - de\n  - fr\n", yaml},
		"document":            {"---\na: 1\n", yaml},
		"header of a mail":    {"From: ada\nSubject: hello\n", None},
		"rule of markdown":    {"---", None},
		"prose":               {"Square of 4 is 16", None},
		"blank":               {" \n\t", None},
		"nothing":             {"", None},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := LanguageOf(tt.text); got != tt.want {
				t.Errorf("%q is %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}

// TestTokens says what is in which colour, in each language.
func TestTokens(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		want string // stretches of one kind, each after its kind
	}{
		"json":       {`{"a": "b", "c": [1.5, true, null]}`, `Plain{|Name"a"|Plain: |String"b"|Plain, |Name"c"|Plain: [|Number1.5|Plain, |Numbertrue|Plain, |Numbernull|Plain]}`},
		"html":       {"<p class=\"x\">a &amp; b</p><!-- c -->", `Plain<|Wordp|Plain |Nameclass|Plain=|String"x"|Plain>a |Number&amp;|Plain b</|Wordp|Plain>|Comment<!-- c -->`},
		"xml":        {"<?xml version='1'?><a b='c'/>", `Word<?xml version='1'?><a|Plain |Nameb=|String'c'|Word/>`},
		"sql":        {"SELECT 1 FROM t WHERE a = 'b' -- c", `WordSELECT|Plain |Number1|Plain |WordFROM|Plain t |WordWHERE|Plain a = |String'b'|Plain |Comment-- c`},
		"yaml":       {"a: 1\nb:\n  - \"c\" # d\n", "Namea|Plain: |Number1|Plain\n|Nameb|Plain:\n  - |String\"c\"|Plain |Comment# d|Plain\n"},
		"css":        {"a { color: red; } /* x */", `Worda|Plain { |Wordcolor|Plain: |Numberred|Plain; } |Comment/* x */`},
		"javascript": {"const a = \"x\" // y\n", "Wordconst|Plain a = |String\"x\"|Plain |Comment// y\n"},
		"script":     {"<script>const a = 1</script><style>a { color: red }</style>", `Plain<|Wordscript|Plain>|Wordconst|Plain a = |Number1|Plain</|Wordscript|Plain><|Wordstyle|Plain>|Worda|Plain { |Wordcolor|Plain: |Numberred|Plain }</|Wordstyle|Plain>`},
		"other":      {"Square of 4 is 16", ``},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := described(tt.text, Tokens(t.Context(), LanguageOf(tt.text), tt.text, time.Minute)); got != tt.want {
				t.Errorf("%q is\n %s, want\n %s", tt.text, got, tt.want)
			}
		})
	}
}

// TestSlowTexts reads texts that are made to be slow. Reading all of the first
// two would take minutes; they are left where patience ends.
func TestSlowTexts(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		text string
		left bool // not all of it is read
	}{
		"scripts":   {strings.Repeat("<script>", 40_000), true},
		"lists":     {"---\na: " + strings.Repeat("[", 100_000), true},
		"styles":    {strings.Repeat("<style>", 20_000), true},
		"slashes":   {`{"a":1,"` + strings.Repeat(`\`, 100_000), false},
		"brackets":  {"SELECT 1" + strings.Repeat("(", 100_000), false},
		"templates": {"const a = " + strings.Repeat("`${", 50_000), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tokens := Tokens(t.Context(), LanguageOf(tt.text), tt.text, 50*time.Millisecond)
			ordered(t, tt.text, tokens)
			if n := len(tokens); tt.left && n > 0 && tokens[n-1].To == len(tt.text) {
				t.Error("all of it was read")
			}
		})
	}
}

func TestNobodyWaits(t *testing.T) {
	t.Parallel()
	text := "[" + strings.Repeat("[1, true, null],", 20_000)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if tokens := Tokens(ctx, LanguageOf(text), text, time.Minute); tokens != nil {
		t.Errorf("%d tokens after the end", len(tokens))
	}
	if tokens := Tokens(t.Context(), LanguageOf(text), text, 0); tokens != nil {
		t.Errorf("%d tokens without patience", len(tokens))
	}
	if tokens := Tokens(t.Context(), json, strings.Repeat(text, 2)[:Limit+1], time.Minute); tokens != nil {
		t.Errorf("%d tokens of a text over the limit", len(tokens))
	}
}

// FuzzTokens says that tokens are in order and inside the text.
func FuzzTokens(f *testing.F) {
	for _, text := range []string{
		"<", "<a b='", "<!--", "<![CDATA[", "<p><p <b>&;&amp&x;", "</>", "<?xml?>\n<r a=1/>", "{\"a", "{\"a\\", "[{\"a\":-1e5,\"b\":tru",
		"SELECT 'a", "select 1 /* x", "a: |\r\n  b\r\n  c\r\n", "const a = `${", "a{b:c}", "<script>", "<style>/*", "<p>\x1b[31m\u202e</p>", "---\n\t- x",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ordered(t, text, Tokens(t.Context(), LanguageOf(text), text, 100*time.Millisecond))
	})
}

func ordered(t *testing.T, text string, tokens []Token) {
	t.Helper()
	at := 0
	for _, tok := range tokens {
		if tok.To <= at || tok.To > len(text) {
			t.Fatalf("%.40q: a token from %d to %d of %d", text, at, tok.To, len(text))
		}
		at = tok.To
	}
}

func described(text string, tokens []Token) string {
	var parts []string
	at := 0
	for _, tok := range tokens {
		parts = append(parts, []string{"Plain", "Name", "String", "Number", "Word", "Comment"}[tok.Kind]+text[at:tok.To])
		at = tok.To
	}
	return strings.Join(parts, "|")
}

// TestDefinitionsAreTheLibrarys compares the copies with what the library has
// in the version of go.mod.
func TestDefinitionsAreTheLibrarys(t *testing.T) {
	t.Parallel()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/alecthomas/chroma/v2").Output()
	if err != nil {
		t.Fatal(err)
	}
	files, err := definitions.ReadDir("lexers")
	if err != nil || len(files) != len(lexers()) {
		t.Fatalf("%d definitions for %d languages: %v", len(files), len(lexers()), err)
	}
	for _, f := range files {
		ours, err := definitions.ReadFile("lexers/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "lexers", "embedded", f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if string(ours) != string(theirs) {
			t.Errorf("%s is not the library's: go generate ./ui/syntax", f.Name())
		}
	}
}
