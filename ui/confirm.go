package ui

import (
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"cacheview/decode"
	"cacheview/inspect"
	"cacheview/inspect/keyspace"
	"cacheview/ui/config"
	"cacheview/ui/human"
)

// confirmDialog shows what a plan would change and asks. Enter alone does
// nothing, and keys typed in the first moments are taken for keys that were
// meant for what was on screen before.
type confirmDialog struct {
	plan   *inspect.Plan
	asks   asking
	opened time.Time
	typed  string
	// careful has the count typed however small it is.
	careful bool
	wrong   bool
}

const (
	// grace is how long after opening keys are ignored.
	grace = 400 * time.Millisecond
	// typeFrom is how many keys need their count typed.
	typeFrom = 1000
)

// asking is what a confirmDialog says, and what yes does.
type asking struct {
	title, yes string
	note       string // what else must be known, may be empty
	left       string // said when nothing is done
	run        func(m *model, typed string) tea.Cmd
}

func newConfirm(p *inspect.Plan, now time.Time, asks asking) *confirmDialog {
	return &confirmDialog{plan: p, opened: now, asks: asks}
}

// confirm opens the dialog; in production nothing is done by one key.
func (m *model) confirm(d *confirmDialog) {
	d.careful = m.opt.Place.Environment == config.Production
	m.dialog = d
}

// newDeleteConfirm asks before the keys of a plan are deleted.
func newDeleteConfirm(p *inspect.Plan, now time.Time) *confirmDialog {
	title := "Delete " + human.Plural(len(p.Keys), "key") + "?"
	if p.WholeDB {
		title = "Empty the whole database?"
	}
	return newConfirm(p, now, asking{
		title: title, yes: "delete", left: "nothing was deleted",
		run: func(m *model, typed string) tea.Cmd { return m.deleteNow(p, now, typed) },
	})
}

// word is what must be typed: the name of a whole database, the count of a
// large delete, nothing else.
func (d *confirmDialog) word() string {
	switch {
	case d.plan.WholeDB:
		return d.plan.Server.Name()
	case len(d.plan.Keys) >= typeFrom, d.careful:
		return strconv.Itoa(len(d.plan.Keys))
	}
	return ""
}

func (d *confirmDialog) key(m *model, msg tea.KeyPressMsg) tea.Cmd {
	if m.now().Sub(d.opened) < grace {
		return nil
	}
	word := d.word()
	if word == "" {
		switch {
		case hits(msg, m.keys.Yes):
			return d.asks.run(m, "")
		case hits(msg, m.keys.No):
			d.leave(m)
		}
		return nil
	}
	switch s := msg.String(); {
	case s == "esc":
		d.leave(m)
	case s == "enter" && d.typed == word:
		return d.asks.run(m, d.typed)
	case s == "enter":
		d.wrong = d.typed != ""
	case s == "backspace" && d.typed != "":
		d.typed = d.typed[:len(d.typed)-1]
	case len(msg.Text) == 1 && len(d.typed) < 40:
		d.typed += msg.Text
	}
	return nil
}

func (d *confirmDialog) leave(m *model) {
	m.dialog = nil
	m.status.say(d.asks.left)
}

func (d *confirmDialog) box(m *model, w, h int) (string, []string, bool) {
	p, th := d.plan, m.th
	n := len(p.Keys)
	lines := []string{
		th.Strong.Plain.Paint(clip(decode.Printable(p.Server.Addr)+" · db "+strconv.Itoa(p.Server.DB), w)),
		clip(d.what(), w),
		th.Dim.Plain.Paint(clip(d.facts(), w)),
		"",
	}
	var ask []string
	if d.asks.note != "" {
		ask = append(ask, "", th.Dim.Plain.Paint(clip(d.asks.note, w)))
	}
	if word := d.word(); word != "" {
		ask = append(ask, "", "Type "+th.Strong.Plain.Paint(word)+" and press enter; esc leaves it.", "› "+decode.Printable(d.typed)+"▏")
		if d.wrong {
			ask = append(ask, th.Bad.Plain.Paint("That is not "+word+"."))
		}
	} else {
		ask = append(ask, "", th.HintKey.Paint("y")+" "+d.asks.yes+"   "+th.HintKey.Paint("n")+" leave it")
	}
	room := max(h-len(lines)-len(ask), 1)
	for i, k := range p.Sample {
		if i == room-1 && n > room || i == room {
			break
		}
		lines = append(lines, "  "+clip(decode.PrintableBytes(k), w-2))
	}
	if shown := len(lines) - 4; n > shown {
		lines = append(lines, th.Dim.Plain.Paint("  … and "+human.Count(n-shown)+" more"))
	}
	return d.asks.title, append(lines, ask...), true
}

func (d *confirmDialog) what() string {
	if d.plan.WholeDB {
		return "all " + human.Plural(len(d.plan.Keys), "key") + " of " + d.plan.Server.Name() + ", whoever they belong to"
	}
	return decode.Printable(d.plan.What)
}

// facts is size, types and TTLs in one line.
func (d *confirmDialog) facts() string {
	p := d.plan
	var parts []string
	if p.Bytes > 0 {
		about := ""
		if !p.Exact {
			about = "about "
		}
		parts = append(parts, about+human.Size(p.Bytes))
	}
	var types []string
	for t := keyspace.String; t <= keyspace.Other; t++ {
		if n := p.Types[t]; n > 0 {
			types = append(types, human.Plural(n, t.String()+" key"))
		}
	}
	if len(types) > 0 {
		parts = append(parts, strings.Join(types, ", "))
	}
	switch {
	case p.Latest > 0 && human.Lifetime(p.Latest) != human.Lifetime(p.Soonest):
		parts = append(parts, "expire in "+human.Lifetime(p.Soonest)+" to "+human.Lifetime(p.Latest))
	case p.Latest > 0:
		parts = append(parts, "expires in "+human.Lifetime(p.Latest))
	}
	if p.NoTTL > 0 {
		parts = append(parts, human.Count(p.NoTTL)+" never expire")
	}
	return strings.Join(parts, " · ")
}
