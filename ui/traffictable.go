package ui

import (
	"fmt"
	"strings"

	"cacheview/decode"
	"cacheview/inspect/insight"
	"cacheview/ui/human"
	"cacheview/ui/theme"
)

// trafficRow is a line of the table: what was seen of a prefix, a function or a
// key, and what its keys cost.
type trafficRow struct {
	insight.KeyTraffic
	cost *insight.Group // nil when it is not known
}

// trafficColumn is a column of the table. A narrow page leaves out those that it has
// no room for, and a name keeps at least nameRoom.
type trafficColumn struct {
	head string
	w    int
	from int // width of the page from which it is shown
	cell func(r trafficRow, w int) string
}

// ratioBelow is a share of hits that is shown as a warning, ratioAbove one that
// is shown as good.
const (
	ratioBelow = 0.5
	ratioAbove = 0.8
)

func (m *model) ratioInk(ratio float64) theme.Style {
	switch {
	case ratio < ratioBelow:
		return m.th.Warn.Plain
	case ratio >= ratioAbove:
		return m.th.Good.Plain
	}
	return m.th.Text.Plain
}

// trafficColumns are the columns that a page of w cells has room for.
func (m *model) trafficColumns(w int, costs bool) []trafficColumn {
	number := func(n int, w int) string { return rightText(human.Count(n), w) }
	ratio := func(r trafficRow, w int) string {
		share, ok := r.HitRatio()
		if !ok {
			return rightText("-", w)
		}
		return m.ratioInk(share).Paint(rightText(fmt.Sprintf("%.0f %%", 100*share), w))
	}
	bar := func(r trafficRow, w int) string {
		share, ok := r.HitRatio()
		if !ok {
			return strings.Repeat(" ", w)
		}
		n := min(int(share*float64(w-1)+0.5), w-1)
		full, empty := m.list.sign("━", "="), m.list.sign("─", "-")
		return " " + m.ratioInk(share).Paint(strings.Repeat(full, n)) + m.th.Dim.Plain.Paint(strings.Repeat(empty, w-1-n))
	}
	off := func(r trafficRow, w int) string {
		if r.Reads == 0 {
			return strings.Repeat(" ", w)
		}
		up, down := r.Margin()
		return m.th.Dim.Plain.Paint(rightText(fmt.Sprintf("±%.0f", 100*max(up, down)), w))
	}
	all := []trafficColumn{
		{"hits", 7, 46, func(r trafficRow, w int) string { return number(r.Hits, w) }},
		{"misses", 8, 46, func(r trafficRow, w int) string { return number(r.Misses, w) }},
		{"reads", 7, 0, func(r trafficRow, w int) string { return number(r.Reads, w) }},
		{"ratio", 7, 0, ratio},
		{"", 9, 60, bar},
		{"", 12, 100, bar},
		{"", 21, 150, bar},
		{"±", 5, 60, off},
		{"writes", 8, 100, func(r trafficRow, w int) string { return number(r.Writes, w) }},
	}
	if costs {
		all = append(all,
			trafficColumn{"avg size", 10, 74, func(r trafficRow, w int) string {
				if r.cost == nil {
					return rightText("-", w)
				}
				return rightText(human.Size(r.cost.Average()), w)
			}},
			trafficColumn{"expires in", 15, 100, func(r trafficRow, w int) string { return rightText(m.spreadOf(r.cost), w) }},
			trafficColumn{"expires in", 13, 74, func(r trafficRow, w int) string { return rightText(m.spreadOf(r.cost), w) }},
		)
	}
	// Of several columns with one heading the widest that fits is taken, and
	// reads only where there is no room for hits and misses.
	var out []trafficColumn
	for i, c := range all {
		widest := true
		for j, d := range all {
			if j != i && d.head == c.head && d.from <= w && d.from > c.from {
				widest = false
			}
		}
		if c.from <= w && widest && (c.head != "reads" || w < 46) {
			out = append(out, c)
		}
	}
	return out
}

// spreadOf is when the keys of a group expire.
func (m *model) spreadOf(g *insight.Group) string {
	switch {
	case g == nil:
		return "-"
	case g.Late <= 0:
		return "never"
	}
	soon, late := human.TTL(g.Soonest, m.now()), human.TTL(g.Late, m.now())
	if soon == late {
		return soon
	}
	return soon + m.list.sign("–", "-") + late
}

// trafficTable adds the table of hits and misses of one kind. costs may be nil.
func (m *model) trafficTable(s *sheet, title, kind string, list []insight.KeyTraffic, costs []insight.Group, unnamed string) {
	if len(list) == 0 {
		return
	}
	byName := map[string]*insight.Group{}
	for i := range costs {
		byName[costs[i].Name] = &costs[i]
	}
	columns := m.trafficColumns(s.w, costs != nil)
	s.head(title)
	head, used := "", 3
	for _, c := range columns {
		head += rightText(c.head, c.w)
		used += c.w
	}
	s.row(m.th.Dim.Plain.Paint(head + "  " + kind))
	for _, t := range list[:min(len(list), groupsShown)] {
		row := ""
		for _, c := range columns {
			row += c.cell(trafficRow{t, byName[t.Name]}, c.w)
		}
		name := decode.Printable(t.Name)
		switch {
		case name == "":
			name = unnamed
		case kind == "key":
			name = m.withCall(t.Name)
		}
		s.row(row + "  " + m.th.Node.Plain.Paint(clip(name, max(s.w-used, 6))))
	}
	s.more(len(list)-groupsShown, "cacheview stats --monitor 10s")
}
