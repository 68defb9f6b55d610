// Package hostile is for tests of what reaches a terminal: texts that try to
// take one over, and a check of what a program wrote to it. It refuses to know
// the program: a test says which sequences of its own the program may write.
package hostile

import "strings"

// Mark is in every payload, so that a test can tell that it was shown.
const Mark = "OWNED"

// Payload is a text that does something to a terminal that prints it as it is.
type Payload struct{ Name, Text string }

// Payloads returns one of each kind that is known to matter: ECMA-48 controls
// in 7 and 8 bits and as UTF-8, the strings that terminals act on (xterm's
// ctlseqs), and what Unicode hides, reorders or piles up.
func Payloads() []Payload {
	return []Payload{
		{"nul, bell and backspaces", "\x00\a\b\b\b" + Mark},
		{"tab, newline, return", "\t" + Mark + "\r\nforged\v\f"},
		{"delete", "\x7f" + Mark + "\x7f"},
		{"shift out", "\x0e" + Mark + "\x0f"},
		{"colour", "\x1b[31;1m" + Mark},
		{"erase and home", "\x1b[2J\x1b[H" + Mark},
		{"modes", "\x1b[?25l\x1b[?1049l\x1b[4h\x1b[?2004l" + Mark},
		{"scroll region", "\x1b[2;5r\x1b[?6h" + Mark},
		{"charset", "\x1b(0" + Mark + "\x1b)0"},
		{"reset", "\x1bc" + Mark},
		{"reports", "\x1b[6n\x1b[c\x1b[>q\x1b[21t" + Mark},
		{"title", "\x1b]0;" + Mark + "\a\x1b]2;" + Mark + "\x1b\\"},
		{"link", "\x1b]8;;http://evil.example\x1b\\" + Mark + "\x1b]8;;\x1b\\"},
		{"clipboard", "\x1b]52;c;T1dORUQ=\a" + Mark},
		{"directory and colours", "\x1b]7;file:///\a\x1b]11;#f00\a" + Mark},
		{"device control", "\x1bPq#0;2;0;0;0" + Mark + "\x1b\\"},
		{"application command", "\x1b_G" + Mark + "\x1b\\"},
		{"start of string", "\x1bX" + Mark + "\x1b\\"},
		{"privacy message", "\x1b^" + Mark + "\x1b\\"},
		{"unfinished sequence", Mark + "\x1b["},
		{"unfinished title", Mark + "\x1b]0;"},
		{"8-bit controls", "\x9b31m\x9d0;" + Mark + "\x9c\x90q\x9c\x8d"},
		{"8-bit controls as UTF-8", "\u009b31m\u009d0;" + Mark + "\u009c\u0085"},
		{"bidi", "\u202e" + Mark + "\u2066\u200f\u061c"},
		{"zero width", "\u200b\u200d\ufeff\u2060" + Mark + "\ufe0f\u00ad"},
		{"tags and fillers", "\U000e0001\U000e0041" + Mark + "\u3164\u2800"},
		{"separators", "\u2028" + Mark + "\u2029\u00a0"},
		{"not UTF-8", "\xff\xfe" + Mark + "\xc3\xe2\x82\xf0\x9f"},
		{"overlong and surrogates", "\xc0\x9b31m" + Mark + "\xed\xa0\x80\xf4\x90\x80\x80"},
		{"marks", Mark + "Z" + strings.Repeat("\u0301\u0489", 40)},
		{"wide and joined", "灯\U0001f469\u200d\U0001f4bb\U0001f1e9\U0001f1ea" + Mark + "が"},
	}
}
