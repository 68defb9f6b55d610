package ui

import (
	"bytes"
	"os"
	"unicode"
	"unicode/utf8"
)

// pastedText is a terminal whose pastes are nothing but text by the time that
// Bubble Tea reads them. Terminals are supposed to take the controls out of what
// they send between the two marks of a paste, and not all do: a sequence that is
// cut short in there eats the mark of its end, and with it every later key, and
// the mark itself within the text makes keys of the rest.
//
// A paste ends with the last of its marks in what is read together, or with a
// ctrl+c that is read alone: its end may have been lost.
type pastedText struct {
	*os.File
	begun  bool // something was read
	within bool
	held   []byte // of a paste: what may be the beginning of its mark, or of a letter
	passed []byte // before one: what may be the beginning of its mark
}

var (
	pasteBegins = []byte("\x1b[200~")
	pasteEnds   = []byte("\x1b[201~")
)

// Read reads from the terminal.
func (p *pastedText) Read(b []byte) (int, error) {
	room := len(b) - len(pasteEnds) // for what is held
	if room <= 0 {
		return p.File.Read(b)
	}
	n, err := p.File.Read(b[:room])
	if !p.begun {
		// What was typed before the terminal was raw has newlines for Enter
		// (ICRNL, see termios(3)).
		p.begun = true
		copy(b, bytes.ReplaceAll(b[:n], []byte("\n"), []byte("\r")))
	}
	return copy(b, p.tame(b[:n])), err
}

// tame returns what of the bytes read may be passed on. It is never longer than
// they and what was held.
func (p *pastedText) tame(read []byte) []byte {
	if !p.within {
		return p.before(read)
	}
	if key := string(read); key == "\x03" || key == "\x1b[99;5u" { // as it is, and as kitty has it
		p.within, p.held = false, nil
		return append(bytes.Clone(pasteEnds), read...)
	}
	text := append(p.held, read...)
	end := bytes.LastIndex(text, pasteEnds)
	if end < 0 {
		whole := len(text) - unfinished(text)
		p.held = bytes.Clone(text[whole:])
		return textOf(text[:whole])
	}
	p.within, p.held = false, nil
	out := append(textOf(text[:end]), pasteEnds...)
	return append(out, p.before(text[end+len(pasteEnds):])...)
}

// before passes keys on until a paste begins.
func (p *pastedText) before(read []byte) []byte {
	seen := append(p.passed, read...)
	at := bytes.Index(seen, pasteBegins)
	if at < 0 {
		p.passed = bytes.Clone(seen[len(seen)-overlap(seen, pasteBegins):])
		return read
	}
	at += len(pasteBegins) - len(p.passed)
	p.within, p.passed = true, nil
	return append(bytes.Clone(read[:at]), p.tame(read[at:])...)
}

// unfinished is how long the end of a text is that another read may complete: to
// the mark, or to a letter.
func unfinished(text []byte) int {
	if n := overlap(text, pasteEnds); n > 0 {
		return n
	}
	for n := 1; n < min(utf8.UTFMax, len(text)+1); n++ {
		if tail := text[len(text)-n:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				return n
			}
			break
		}
	}
	return 0
}

// overlap is how much of a mark, but not all, a text ends with.
func overlap(text, mark []byte) int {
	for n := min(len(mark)-1, len(text)); n > 0; n-- {
		if bytes.HasSuffix(text, mark[:n]) {
			return n
		}
	}
	return 0
}

// textOf is a paste without controls, but for tabs and the ends of lines, and
// without what is not UTF-8.
func textOf(raw []byte) []byte {
	out := make([]byte, 0, len(raw)+len(pasteEnds))
	for len(raw) > 0 {
		r, n := utf8.DecodeRune(raw)
		invalid := r == utf8.RuneError && n == 1
		if r == '\t' || r == '\n' || r == '\r' || !invalid && !unicode.IsControl(r) {
			out = append(out, raw[:n]...)
		}
		raw = raw[n:]
	}
	return out
}
