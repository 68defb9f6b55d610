package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"cacheview/ui/syntax"
)

// colours are what the language of a text makes of it. A text is shown at once
// and coloured when they are there; they are kept for as long as it is shown,
// so that another width or theme does not look for them again.
type colours struct {
	text   string
	tokens []syntax.Token
}

// colourPatience is how long colours are looked for. What was not reached by
// then stays without.
const colourPatience = time.Second

// findColours looks for the colours of the text that is shown.
func (m *model) findColours() tea.Cmd {
	m.value.plain = false
	b, ok := m.value.body.(*textBody)
	if !ok {
		return nil
	}
	ctx, id := m.inks.begin(m.root)
	lang, text := b.lang, b.text
	return func() tea.Msg {
		return coloursMsg{id, colours{text, syntax.Tokens(ctx, lang, text, colourPatience)}}
	}
}

// setColours is for the text that is shown, or else too late.
func (p *valuePane) setColours(c colours) {
	if b, ok := p.body.(*textBody); ok && b.text == c.text {
		p.colours, b.tokens = c, c.tokens
	}
}

// paint gives a new body the colours that are known, or asks for them.
func (p *valuePane) paint() {
	p.plain = false
	b, ok := p.body.(*textBody)
	switch {
	case !ok:
		p.colours = colours{}
	case p.th.Plain || b.lang == syntax.None:
	case b.text == p.colours.text:
		b.tokens = p.colours.tokens
	default:
		p.plain = true
	}
}
