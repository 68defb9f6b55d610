// Package syntax finds what is a name, a string or a number in a text of a
// computer language, so that it can be shown in colours. The languages are
// chroma's; it knows no colours itself and returns offsets alone, so that what
// is drawn is the text and nothing else. It refuses what is not surely in a
// language, and what would take long.
package syntax

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/alecthomas/chroma/v2"
)

// Kind is what a stretch of a text is.
type Kind uint8

// The kinds. Plain is all that has no colour of its own.
const (
	Plain   Kind = iota
	Name         // a key of an object, an attribute, a function
	String       // what is in quotes
	Number       // and true, false, null, an entity
	Word         // a tag, a keyword
	Comment      // what is said beside it
)

// Token is a stretch of a text: from where the last one ended up to byte To.
type Token struct {
	To   int
	Kind Kind
}

// Limit is the longest text, in bytes, that is looked at.
const Limit = 512 << 10

// Tokens returns the tokens of a text in a language, in order; nil for None and
// for a text that is over Limit or not UTF-8. It stops when ctx ends or after
// patience, and what it has not come to has no token. The definitions are
// regular expressions that backtrack, each for a quarter of a second at most,
// so that a text that is made to be slow may take longer than patience, but not
// for ever: call it where nobody waits.
func Tokens(ctx context.Context, l Language, text string, patience time.Duration) (tokens []Token) {
	if l == None || len(text) > Limit || !utf8.ValidString(text) {
		return nil
	}
	// The library panics where a definition and a text do not go together. A
	// value that does not get its colours is no reason to end the program.
	defer func() {
		if recover() != nil {
			tokens = nil
		}
	}()
	end := time.Now().Add(patience)
	next, err := lexers()[l].Tokenise(&chroma.TokeniseOptions{State: "root"}, text)
	if err != nil {
		return nil
	}
	for at := 0; at < len(text) && ctx.Err() == nil && time.Now().Before(end); {
		t := next()
		if t == chroma.EOF || !strings.HasPrefix(text[at:], t.Value) {
			break // a line end that is only there for the lexer
		}
		if t.Value == "" {
			continue
		}
		at += len(t.Value)
		kind := l.kind(t.Type)
		if last := len(tokens) - 1; last >= 0 && tokens[last].Kind == kind {
			tokens[last].To = at
			continue
		}
		tokens = append(tokens, Token{at, kind})
	}
	return tokens
}

// kind is the kind of chroma's type.
func (l Language) kind(t chroma.TokenType) Kind {
	switch {
	case t == chroma.NameTag && (l == json || l == yaml):
		return Name // a key
	case t == chroma.NameTag:
		return Word
	case t == chroma.KeywordConstant, t == chroma.NameEntity, t.InSubCategory(chroma.LiteralNumber), t == chroma.NameConstant:
		return Number
	case t == chroma.CommentPreproc, t.InCategory(chroma.Keyword), t == chroma.OperatorWord:
		return Word
	case t.InCategory(chroma.Comment):
		return Comment
	case t.InCategory(chroma.Literal):
		return String
	case t == chroma.Name, t == chroma.NameOther:
		return Plain
	case t.InCategory(chroma.Name):
		return Name
	}
	return Plain
}
