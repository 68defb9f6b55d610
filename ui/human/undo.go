package human

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"cacheview/decode"
	"cacheview/inspect"
)

// Undone describes an undo in one line, for the screen and the command line.
// Every count that is not zero is named.
func Undone(r *inspect.UndoReport) string {
	var b strings.Builder
	b.WriteString("restored " + Plural(r.Restored, "key"))
	if r.Restored != r.Planned {
		b.WriteString(" of " + Count(r.Planned))
	}
	if r.Description != "" && !isCount(r.Description) {
		b.WriteString(" (" + decode.Printable(r.Description) + ")")
	}
	for _, part := range restoredParts(r) {
		b.WriteString("; " + part)
	}
	return b.String()
}

// isCount reports whether a description is only a number of keys, which would be
// read as the number of those that were restored.
func isCount(what string) bool {
	n, found := strings.CutSuffix(what, " keys")
	return found && strings.Trim(n, "0123456789,") == ""
}

// Imported describes an import in one line.
func Imported(r *inspect.UndoReport, dry bool) string {
	verb := "imported "
	if dry {
		verb = "would import "
	}
	var b strings.Builder
	b.WriteString(verb + Plural(r.Restored, "key"))
	if r.Restored != r.Planned {
		b.WriteString(" of " + Count(r.Planned))
	}
	for _, part := range restoredParts(r) {
		b.WriteString("; " + part)
	}
	return b.String()
}

func restoredParts(r *inspect.UndoReport) []string {
	var parts []string
	add := func(n int, one, more string) {
		switch {
		case n == 1:
			parts = append(parts, "1 "+one)
		case n > 1:
			parts = append(parts, Count(n)+" "+more)
		}
	}
	add(r.Deleted, "of them did not exist before and is deleted", "of them did not exist before and are deleted")
	add(r.Already, "is as before already", "are as before already")
	add(r.Expired, "would have expired by now", "would have expired by now")
	add(r.Exists, "exists again and is skipped", "exist again and are skipped")
	add(r.Changed, "changed since and is skipped", "changed since and are skipped")
	add(r.InDoubt, "may never have been changed, and is skipped", "may never have been changed, and are skipped")
	add(r.NotCopied, "skipped, because what it holds could not be copied first", "skipped, because what they hold could not be copied first")
	add(r.NotApplicable, "has no value to restore elsewhere", "have no value to restore elsewhere")
	add(r.Failed, "could not be restored", "could not be restored")
	if r.Damaged > 0 {
		are := " are"
		if r.Damaged == 1 {
			are = " is"
		}
		parts = append(parts, Count(r.Damaged)+are+" damaged in the journal and lost"+damagedNames(r.Damage))
	} else if len(r.Damage) > 0 {
		parts = append(parts, "the journal is damaged, but no key is lost")
	}
	if r.Stopped {
		parts = append(parts, "stopped, another undo restores the rest")
	}
	return parts
}

// maxDamagedNames limits the names in one line.
const maxDamagedNames = 3

// damagedNames lists the names that could be read of damaged records.
func damagedNames(damage []error) string {
	names := DamagedKeys(damage)
	if len(names) == 0 {
		return ""
	}
	more := ""
	if len(names) > maxDamagedNames {
		names, more = names[:maxDamagedNames], ", …"
	}
	return " (" + strings.Join(names, ", ") + more + ")"
}

// JournalText describes a journal: what, where and how long ago.
func JournalText(j *inspect.Journal, now time.Time) string {
	return fmt.Sprintf("%s: %s, %s, on %s db%d", j.ID, Plural(j.Keys, "key"), WhatText(j), decode.Printable(j.Addr), j.DB) + ", " + Ago(j.When, now)
}

// WhatText describes the operation of a journal.
func WhatText(j *inspect.Journal) string {
	what := decode.Printable(j.Description)
	switch j.Op {
	case "", "delete", "edit", "import":
		if what == "" {
			return j.Op
		}
		return what
	}
	if what == "" || strings.HasPrefix(what, j.Op) {
		return cmp.Or(what, j.Op)
	}
	return j.Op + " " + what
}

// Ago is the time since when, or the date if the clocks disagree.
func Ago(when, now time.Time) string {
	d := now.Sub(when)
	if d < -time.Minute || d > 5*365*24*time.Hour {
		return "at " + when.Local().Format(time.DateTime)
	}
	return TTLText(max(d, 0)) + " ago"
}

// EvictionNotice warns that a journal is removed, or was.
func EvictionNotice(n *inspect.JournalNotice, now time.Time) string {
	if n.Evicted {
		return "removed the undo journal " + JournalText(&n.Journal, now)
	}
	return "one of the next operations removes the undo journal " + JournalText(&n.Journal, now) +
		" (undo_days and undo_limit decide)"
}
