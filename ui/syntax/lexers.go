package syntax

import (
	"embed"
	"fmt"
	"sync"

	"github.com/alecthomas/chroma/v2"
)

// The definitions are chroma's own files, see lexers/LICENSE. Importing its
// package of lexers would load all of its 280 languages whenever the program
// starts, to list keys, too; these seven are read when the first text is shown.
//
//go:generate sh -c "cd lexers && for f in *.xml; do cat $(go list -m -f {{.Dir}} github.com/alecthomas/chroma/v2)/lexers/embedded/$f >$f; done"
//go:embed lexers/*.xml
var definitions embed.FS

// lexers are made once, together: a page has scripts and styles in it.
var lexers = sync.OnceValue(func() map[Language]chroma.Lexer {
	registry := chroma.NewLexerRegistry()
	all := map[Language]chroma.Lexer{}
	for _, l := range []Language{css, html, javascript, json, sql, xml, yaml} {
		lexer, err := chroma.NewXMLLexer(definitions, "lexers/"+string(l)+".xml")
		if err != nil {
			panic(fmt.Errorf("definition of %s: %w", l, err)) // a test reads each of them
		}
		all[l] = registry.Register(lexer)
	}
	return all
})
