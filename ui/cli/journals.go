package cli

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cacheview/inspect"
	"cacheview/inspect/journal"
	"cacheview/ui/human"
)

// journalConfig is what a command needs to know of the journals without a server.
func (a *app) journalConfig() inspect.Config {
	return inspect.Config{JournalLimit: a.file.UndoLimit, JournalDays: a.file.UndoDays}
}

// listJournals lists all journals. It asks no server.
func (a *app) listJournals(json bool) error {
	journals, err := inspect.Journals(a.journalConfig())
	if err != nil {
		return err
	}
	if len(journals) == 0 {
		return a.nothing("there is nothing to undo")
	}
	w := a.data()
	for i := range journals {
		j := &journals[i]
		if json {
			_, err = w.Write(a.journalObject(j).line())
		} else {
			_, err = fmt.Fprintln(w, journalLine(j))
		}
		if err != nil {
			return err
		}
	}
	return w.Flush()
}

// journalLine describes a journal in one line.
func journalLine(j *inspect.Journal) string {
	if j.Err != nil && !errors.Is(j.Err, journal.ErrInUse) {
		about := ""
		if j.Addr != "" {
			about = "  " + shown([]byte(j.Addr)) + " db" + fmt.Sprint(j.DB)
		}
		return shown([]byte(j.ID)) + about + "  cannot be read: " + shown([]byte(j.Err.Error()))
	}
	notes := ""
	switch {
	case j.Err != nil:
		notes = " (still running)"
	case j.Undone:
		notes = " (undone)"
	case j.CutShort:
		notes = " (the program ended before it was complete)"
	}
	return fmt.Sprintf("%s  %s  %s db%d  %s: %s%s", shown([]byte(j.ID)), j.When.Local().Format(time.DateTime),
		shown([]byte(j.Addr)), j.DB, human.Plural(j.Keys, "key"), human.WhatText(j), notes)
}

func (a *app) journalObject(j *inspect.Journal) *object {
	o := new(object)
	o.text("id", j.ID)
	o.text("op", cmp.Or(j.Op, "delete"))
	o.text("server", j.Addr)
	o.int("db", int64(j.DB))
	o.text("when", j.When.UTC().Format(time.RFC3339))
	o.text("what", j.Description)
	o.int("keys", int64(j.Keys))
	o.int("bytes", j.Bytes)
	o.bool("cut_short", j.CutShort)
	if j.Err != nil {
		o.text("error", j.Err.Error())
	}
	o.bool("undone", j.Undone)
	o.bool("here", a.isHere(j))
	return o
}

// isHere reports whether a journal was written on the server and database of the
// settings, by their words: no server is asked.
func (a *app) isHere(j *inspect.Journal) bool {
	full, err := inspect.ParseURL(a.flags.url)
	if err != nil {
		return false
	}
	cfg := inspect.Config{URL: full}
	if a.flags.db != fromURL {
		cfg.DB = &a.flags.db
	}
	addr, db := cfg.Target()
	return j.Addr == addr && j.DB == db && j.Err == nil
}

// verifyJournals checks every record of the journals, or of one.
func (a *app) verifyJournals(id string, json bool) error {
	dir, err := inspect.JournalDir(a.journalConfig())
	if err != nil {
		return err
	}
	infos, err := dir.List()
	if err != nil {
		return err
	}
	w := a.data()
	checked, bad := 0, 0
	for _, i := range infos {
		if id != "" && i.ID != id {
			continue
		}
		checked++
		check, err := verify(dir, i.ID)
		if err != nil || !check.Sound() {
			bad++
		}
		if json {
			_, err = w.Write(checkObject(i, check, err).line())
		} else {
			_, err = fmt.Fprintln(w, checkText(i, check, err))
		}
		if err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	switch {
	case checked == 0 && id != "":
		return a.nothing("no undo journal " + shown([]byte(id)) + ". List them: cacheview undo --list")
	case checked == 0:
		return a.nothing("there is nothing to undo")
	case bad > 0:
		return errPartly
	}
	return nil
}

func verify(dir journal.Dir, id string) (journal.Check, error) {
	r, err := dir.Open(id)
	if err != nil {
		return journal.Check{}, err
	}
	defer r.Close()
	return r.Verify(), nil
}

// checkText describes the result of a check: one line, and one for each problem.
func checkText(i journal.Info, c journal.Check, err error) string {
	id := shown([]byte(i.ID))
	if err != nil {
		return id + "  cannot be read: " + shown([]byte(err.Error()))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s intact", id, human.Plural(c.Intact, "record"))
	if c.Damaged > 0 {
		fmt.Fprintf(&b, ", %s damaged", human.Count(c.Damaged))
	}
	if c.CutShort {
		b.WriteString(" (the program ended before it was complete)")
	}
	for _, p := range c.Problems {
		b.WriteString("\n  " + shown([]byte(p.Error())))
	}
	return b.String()
}

func checkObject(i journal.Info, c journal.Check, err error) *object {
	o := new(object)
	o.text("id", i.ID)
	o.bool("sound", err == nil && c.Sound())
	o.int("intact", int64(c.Intact))
	o.int("damaged", int64(c.Damaged))
	o.bool("cut_short", c.CutShort)
	if err != nil {
		o.text("error", err.Error())
	}
	problems := make([]object, len(c.Problems))
	for n, p := range c.Problems {
		if d, ok := errors.AsType[*journal.DamageError](p); ok && d.Key != nil {
			problems[n].key("key", d.Key)
			problems[n].bool("key_certain", d.KeyProven)
		}
		problems[n].text("message", p.Error())
	}
	o.objects("problems", problems)
	return o
}

// completeUndo offers the journals that can be undone. It asks no server.
func (a *app) completeUndo(_ *cobra.Command, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	file, err := a.readConfig()
	if err == nil {
		a.file = file
	}
	journals, err := inspect.Journals(a.journalConfig())
	if err != nil || len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var words []cobra.Completion
	for i := range journals {
		j := &journals[i]
		if strings.HasPrefix(j.ID, word) && a.offers(j.ID) && !j.Undone && j.Err == nil {
			words = append(words, cobra.CompletionWithDesc(j.ID, human.Plural(j.Keys, "key")+": "+human.WhatText(j)))
		}
	}
	return words, cobra.ShellCompDirectiveKeepOrder | cobra.ShellCompDirectiveNoFileComp
}

// noteEvictions names the undo journals that were removed, or that one of the next
// operations removes.
func (a *app) noteEvictions() {
	if a.opened == nil {
		return
	}
	for _, n := range a.opened.JournalNotices() {
		a.note("cacheview: %s\n", human.EvictionNotice(&n, time.Now()))
	}
}
