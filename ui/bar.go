package ui

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"cacheview/decode"
	"cacheview/ui/human"
	"cacheview/ui/theme"
)

// bar is the top line: where we are on the left, how the server does on the
// right. A narrow screen drops from the right part first.
func (m *model) bar(w int) string {
	th := m.th
	if m.link.lost() && m.be != nil {
		wait := max(int(m.link.next.Sub(m.now()).Seconds()+0.99), 0)
		text := fmt.Sprintf(" connection lost · trying again in %d s · %s", wait, decode.Printable(m.link.err.Error()))
		if m.link.opening.on && wait == 0 {
			text = " connection lost · trying again · " + decode.Printable(m.link.err.Error())
		}
		badges := ""
		for _, b := range m.badges() {
			badges += b.text
		}
		return th.Badge.Paint(fit(badges+text, w))
	}
	name := " cacheview "
	place := ""
	if s := m.server; s.Addr != "" {
		place = m.opt.Place.label() + fmt.Sprintf(" %s · db %d", decode.Printable(s.Addr), s.DB)
		if m.be != nil && m.be.ReadOnly() {
			place += " · read-only"
		}
		if s.Version != "" {
			place += " · " + decode.Printable(s.Product+" "+s.Version)
		}
		if s.Mode == "cluster" {
			place += " cluster"
		}
	}
	if m.opt.Place.Source != "" {
		place += " · " + decode.Printable(m.opt.Place.Source)
	}
	if m.opt.Notice != "" {
		place += " · " + decode.Printable(m.opt.Notice)
	}
	badges, badgesWide := "", 0
	for _, b := range m.badges() {
		badges += b.ink.Paint(b.text)
		badgesWide += ansi.StringWidth(b.text)
	}
	parts := m.figureParts()
	for {
		right := strings.Join(parts, " · ")
		room := w - ansi.StringWidth(name) - badgesWide - ansi.StringWidth(right) - 1
		if ansi.StringWidth(place) <= room || len(parts) == 0 {
			room = max(room, 0)
			used := ansi.StringWidth(name) + badgesWide + room + ansi.StringWidth(right)
			s := th.Bar.Paint(name) + badges + th.BarDim.Paint(fit(place, room))
			if n := len(parts) - 1; n >= 0 {
				s += th.BarDim.Paint(strings.TrimSuffix(right, parts[n])) + m.liveInk().Paint(parts[n])
			}
			return s + strings.Repeat(" ", min(1, max(w-used, 0)))
		}
		if len(parts) > 1 && len(parts[0]) > 0 {
			parts = parts[1:]
			continue
		}
		parts = nil
	}
}

// badges are the words that never leave the top line: where we are, and that
// TLS checks nobody's certificate.
func (m *model) badges() []badge {
	all := []badge{m.opt.Place.badge(m.th)}
	if m.server.Unverified {
		all = append(all, badge{" TLS NOT VERIFIED ", m.th.Badge})
	}
	return all
}

// figureParts are the server's figures, the first to be dropped first.
func (m *model) figureParts() []string {
	var parts []string
	if m.be == nil {
		return nil
	}
	if r, ok := m.info.HitRatio(); ok {
		parts = append(parts, fmt.Sprintf("hits %.0f%%", 100*r))
	}
	if m.info.UsedMemory > 0 {
		parts = append(parts, human.Size(m.info.UsedMemory))
	}
	switch {
	case m.progress.Done && m.live != liveOff:
		parts = append(parts, human.Plural(m.idx.Len(), "key"))
	case m.size >= 0:
		parts = append(parts, human.Plural(m.size, "key"))
	}
	return append(parts, m.liveText())
}

func (m *model) liveText() string {
	dot := m.list.sign("● ", "* ")
	switch m.live {
	case liveTracked:
		switch m.behind {
		case behind:
			return m.list.sign("◐ ", "! ") + "behind: " + m.keys.Rescan.name() + " reads again"
		case catching:
			return m.list.sign("◐ ", "! ") + "catching up"
		}
		return dot + "live"
	case livePolled:
		return dot + "every second"
	case liveOff:
		return m.list.sign("○ ", "o ") + "not live"
	}
	return m.list.sign("○ ", "o ") + "…"
}

func (m *model) liveInk() theme.Ink {
	if m.live == liveTracked && m.behind != upToDate {
		return m.th.Warn.Plain
	}
	if m.live == liveTracked || m.live == livePolled {
		return m.th.Good.Plain
	}
	return m.th.BarDim
}
