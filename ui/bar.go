package ui

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"cacheview/decode"
	"cacheview/ui/human"
	"cacheview/ui/theme"
)

// bar is the top line: where we are on the left, how the server does on the
// right. A narrow screen does without the figures that change nothing for the
// user, then without parts of the place; how many keys there are and whether
// the list is live stay.
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
	brand := " cacheview "
	badges, badgesWide := "", 0
	for _, b := range m.badges() {
		badges += b.ink.Paint(b.text)
		badgesWide += ansi.StringWidth(b.text)
	}
	tabs, tabsWide := m.tabs(w)
	figures, kept := m.health(w < shortBar || tabs != "" && w < wideTabs)
	right := func() string { return strings.Join(slices.Concat(figures, kept), " · ") }
	gap := ""
	if len(kept) > 0 {
		gap = "  "
	}
	room := func() int { return w - ansi.StringWidth(brand+gap+right()) - badgesWide - tabsWide - 1 }
	wide := ansi.StringWidth(m.whereabouts(w))
	for len(figures) > 0 && wide > room() {
		figures = figures[1:]
	}
	if wide > room() && (room() < minPlace || tabs != "") {
		brand = ""
	}
	if room() < minPlace && tabs != "" {
		tabs, tabsWide = "", 0
	}
	for len(kept) > 0 && room() < 0 {
		kept = kept[1:]
	}
	s := th.Bar.Paint(brand) + badges + th.BarDim.Paint(fit(m.whereabouts(room()), room())) + tabs + th.BarDim.Paint(gap)
	if n := len(kept) - 1; n >= 0 {
		s += th.BarDim.Paint(strings.TrimSuffix(right(), kept[n])) + m.liveInk().Paint(kept[n])
	}
	return s + " "
}

// tabs names the pages with their keys, and returns the cells that takes. A narrow
// screen has no room for them.
func (m *model) tabs(w int) (text string, wide int) {
	if w < minTabs || m.be == nil {
		return "", 0
	}
	gap := "  "
	if w < wideTabs {
		gap = " "
	}
	th := m.th
	for _, t := range []struct {
		at   page
		key  action
		name string
	}{{keysPage, m.keys.KeysPage, "Keys"}, {serverPage, m.keys.ServerPage, "Server"}, {activityPage, m.keys.ActivityPage, "Activity"}} {
		ink := th.BarDim
		if m.pages.at == t.at {
			ink = th.Bar
		}
		label := t.key.name() + " " + t.name
		text += th.BarDim.Paint(gap) + ink.Paint(label)
		wide += len(gap) + ansi.StringWidth(label)
	}
	return text, wide
}

const (
	minTabs  = 72  // cells of a screen that names the pages
	wideTabs = 100 // and of one that has room between them
)

// shortBar is the width below which the live sign has its short words.
const shortBar = 60

// minPlace is the room for the place below which the line does without the
// program's own name.
const minPlace = 24

// minAddr is what an address is worth being cut to, beside a name.
const minAddr = 12

// whereabouts is the place in at most w cells. It does without the server's
// version and who named the server before a long name is cut in its middle:
// there both its ends tell it from others. The address of the demo goes last.
func (m *model) whereabouts(w int) string {
	var who, with, aside, last []string
	add := func(to *[]string, text string) {
		if text != "" {
			*to = append(*to, decode.Printable(text))
		}
	}
	if s := m.server; s.Addr != "" {
		add(&who, m.opt.Place.Name)
		add(&who, s.Addr)
		if s.Mode == "cluster" { // there is but one database
			add(&with, s.Mode)
		} else {
			add(&with, fmt.Sprintf("db %d", s.DB))
		}
		if m.be != nil && m.be.ReadOnly() {
			add(&with, "read-only")
		}
		if s.Version != "" {
			add(&aside, s.Product+" "+s.Version)
		}
	}
	add(&aside, m.opt.Place.Source)
	add(&last, m.opt.Banner)
	const dot = " · "
	text := func() string {
		return strings.TrimSuffix(" "+strings.Join(slices.Concat(who, with, aside, last), dot), " ")
	}
	for len(aside) > 0 && ansi.StringWidth(text()) > w {
		aside = aside[1:]
	}
	name := ansi.StringWidth(strings.Join(who, dot))
	if ansi.StringWidth(text())-w > max(name-minMiddle, 0) {
		last = nil
	}
	if over := ansi.StringWidth(text()) - w; over > 0 && len(who) > 0 {
		if name-over < minAddr+ansi.StringWidth(who[0]+dot) {
			who = who[:1] // a name says more than the ends of its address
		}
		if who = []string{middle(strings.Join(who, dot), name-over)}; who[0] == "" {
			who = nil
		}
	}
	return clip(text(), w)
}

// badges are the words that never leave the top line: where we are, and that
// TLS checks nobody's certificate.
func (m *model) badges() []badge {
	all := []badge{m.opt.Place.badge(m.th)}
	if m.server.TLSUnverified {
		all = append(all, badge{" TLS NOT VERIFIED ", m.th.Badge})
	}
	return all
}

// health is how the server does, in figures of which the first is dropped first,
// and what is kept: the number of keys, and last the live sign.
func (m *model) health(short bool) (figures, kept []string) {
	if m.be == nil {
		return nil, nil
	}
	if r, ok := m.info.HitRatio(); ok {
		figures = append(figures, fmt.Sprintf("hits %.0f%%", 100*r))
	}
	if m.info.UsedMemory > 0 {
		figures = append(figures, human.Size(m.info.UsedMemory))
	}
	switch {
	case m.progress.Done && m.live != liveOff && m.behind == upToDate:
		kept = append(kept, human.Plural(m.idx.Len(), "key"))
	case m.size >= 0:
		kept = append(kept, human.Plural(m.size, "key"))
	}
	return figures, append(kept, m.liveText(short))
}

// liveText says how the list follows the server.
func (m *model) liveText(short bool) string {
	dot := m.list.sign("● ", "* ")
	switch m.live {
	case liveTracked:
		switch m.behind {
		case behind:
			text := m.list.sign("◐ ", "! ") + "behind: " + m.keys.Rescan.name()
			if short {
				return text
			}
			return text + " reads again"
		case catching:
			return m.list.sign("◐ ", "! ") + "catching up"
		}
		return dot + "live"
	case livePolled:
		if short {
			return dot + "1 s"
		}
		return dot + "every second"
	case liveOff:
		return m.list.sign("○ ", "o ") + "not live"
	}
	return m.list.sign("○ ", "o ") + "…"
}

func (m *model) liveInk() theme.Style {
	if m.live == liveTracked && m.behind != upToDate {
		return m.th.Warn.Plain
	}
	if m.live == liveTracked || m.live == livePolled {
		return m.th.Good.Plain
	}
	return m.th.BarDim
}
