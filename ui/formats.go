package ui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cacheview/decode"
)

// formatDialog lets the user choose the format that the value on screen is read
// as. What is typed narrows the list.
type formatDialog struct {
	typed string
	at    int
	top   int
	also  []string // other readings of the value: the first choices
}

// automatic is the first choice: the value's bytes decide.
const automatic = "automatic"

// askFormat opens the list on the format that is in use.
func (m *model) askFormat() {
	if m.value.content == nil {
		m.status.say("there is no value to read")
		return
	}
	d := &formatDialog{also: m.value.content.otherReadings()}
	d.at = max(slices.Index(d.choices(), m.value.as), 0)
	if m.value.as == "" && len(d.also) > 0 {
		d.at = 1 // V and enter switch to the likeliest other reading
	}
	m.dialog = d
}

// readAs reads the value again as a format, "" for what its bytes say. It stays
// until another key is opened.
func (m *model) readAs(format string) tea.Cmd {
	if m.be == nil || m.link.lost() {
		m.status.say("there is no connection")
		return nil
	}
	m.value.as = format
	m.read.stop()
	return m.wantValue(true)
}

// choices are automatic and the formats that the typed text is in, best first.
// A chain of known formats, as "zlib,json", is a choice of its own.
func (d *formatDialog) choices() []string {
	formats := decode.Formats()
	want := strings.ToLower(strings.TrimSpace(d.typed))
	if isChain(want, formats) {
		return []string{want}
	}
	all := append([]string{automatic}, d.also...)
	for _, f := range formats {
		if !slices.Contains(d.also, f) {
			all = append(all, f)
		}
	}
	if want == "" {
		return all
	}
	var found [3][]string // by how well they match
	for _, f := range all {
		if rank := matchFormat(f, want); rank >= 0 {
			found[rank] = append(found[rank], f)
		}
	}
	return slices.Concat(found[:]...)
}

// isChain says whether text names several formats, one in the other.
func isChain(text string, known []string) bool {
	names := strings.Split(text, ",")
	for _, n := range names {
		if !slices.Contains(known, strings.TrimSpace(n)) {
			return false
		}
	}
	return len(names) > 1
}

// matchFormat is 0 for a name that begins with what was typed, 1 for one that
// has it within, 2 for one that has its letters in that order, and else -1.
func matchFormat(name, typed string) int {
	switch {
	case strings.HasPrefix(name, typed):
		return 0
	case strings.Contains(name, typed):
		return 1
	}
	for _, r := range typed {
		i := strings.IndexRune(name, r)
		if i < 0 {
			return -1
		}
		name = name[i+1:]
	}
	return 2
}

func (d *formatDialog) key(m *model, msg tea.KeyPressMsg) tea.Cmd {
	n := len(d.choices())
	switch s := msg.String(); {
	case s == "esc":
		m.dialog = nil
	case s == "enter":
		return d.choose(m)
	case s == "up" || s == "ctrl+p" || s == "shift+tab":
		d.at = max(d.at-1, 0)
	case s == "down" || s == "ctrl+n" || s == "tab":
		d.at = max(min(d.at+1, n-1), 0)
	case s == "pgup":
		d.at = max(d.at-10, 0)
	case s == "pgdown":
		d.at = max(min(d.at+10, n-1), 0)
	case s == "backspace" && d.typed != "":
		d.typed, d.at = d.typed[:len(d.typed)-1], 0
	case s == "ctrl+u":
		d.typed, d.at = "", 0
	case len(msg.Text) == 1 && msg.Text[0] >= ' ' && msg.Text[0] < 0x7f && len(d.typed) < 60:
		d.typed, d.at = d.typed+msg.Text, 0
	}
	return nil
}

func (d *formatDialog) choose(m *model) tea.Cmd {
	choices := d.choices()
	if d.at >= len(choices) {
		return nil
	}
	m.dialog = nil
	if format := choices[d.at]; format != automatic {
		return m.readAs(strings.ReplaceAll(format, " ", ""))
	}
	return m.readAs("")
}

func (d *formatDialog) box(m *model, w, h int) (string, []string, bool) {
	th := m.th
	lines := []string{m.list.sign("› ", "> ") + clip(d.typed, w-3) + m.list.sign("▏", "_")}
	if d.typed == "" {
		lines[0] += th.Dim.Plain.Paint(clip(" type a name, or a chain: zlib,json", w-3))
	}
	choices := d.choices()
	if len(choices) == 0 {
		return "Decode as", append(lines, th.Dim.Plain.Paint(clip("no format is called that", w))), false
	}
	room := max(min(h-len(lines), 14), 1)
	d.top = max(min(d.top, d.at), d.at-room+1, 0)
	for i := d.top; i < min(d.top+room, len(choices)); i++ {
		bar, ink, note := "  ", th.Text.Plain, ""
		if i == d.at {
			bar, ink = m.list.sign("▌ ", "> "), th.Strong.Plain
		}
		switch choices[i] {
		case automatic:
			note = "  auto-detect"
		case m.value.as:
			note = "  now"
		default:
			if slices.Contains(d.also, choices[i]) {
				note = "  fits, too"
			}
		}
		lines = append(lines, th.Accent.Plain.Paint(bar)+ink.Paint(clip(choices[i], w-2))+th.Dim.Plain.Paint(clip(note, w-2-len(choices[i]))))
	}
	return "Decode as", lines, false
}

func (d *formatDialog) ways(m *model) []action {
	return []action{way(m.arrows(), "choose"), way("enter", "decode"), way("esc", "cancel")}
}
