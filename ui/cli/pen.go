package cli

import (
	"errors"
	"slices"
)

// colorChoices are the values of --color.
var colorChoices = []string{"auto", "always", "never"}

// colorChoice is the value of --color.
type colorChoice string

// Set implements pflag.Value.
func (c *colorChoice) Set(text string) error {
	if !slices.Contains(colorChoices, text) {
		return errors.New("no color choice")
	}
	*c = colorChoice(text)
	return nil
}

// String implements pflag.Value.
func (c *colorChoice) String() string { return string(*c) }

// Type implements pflag.Value.
func (c *colorChoice) Type() string { return "color" }

// pen styles text with the 16 colors that a terminal always has. The zero value
// leaves text as it is.
type pen struct{ colored bool }

// penFor returns the pen for an output stream. What --color says counts first,
// then NO_COLOR, then CLICOLOR_FORCE, then whether the stream is a terminal that
// has colors. The terminal itself is never queried.
func (a *app) penFor(stream any) pen {
	switch {
	case a.color == "always":
		return pen{true}
	case a.color == "never", a.getenv("NO_COLOR") != "":
		return pen{}
	case !slices.Contains([]string{"", "0"}, a.getenv("CLICOLOR_FORCE")):
		return pen{true}
	}
	return pen{isTerminal(stream) && interpretsANSI(stream) && !slices.Contains([]string{"", "dumb"}, a.getenv("TERM"))}
}

func (p pen) style(code, text string) string {
	if !p.colored {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (p pen) title(text string) string { return p.style("1;34", text) }
func (p pen) name(text string) string  { return p.style("35", text) }
func (p pen) dim(text string) string   { return p.style("2", text) }
func (p pen) fault(text string) string { return p.style("1;31", text) }
