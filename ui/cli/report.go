package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/keyspace"
	"cacheview/ui/human"
)

// planText says for people what would be deleted, and where. undo is how many
// bytes can be brought back.
func planText(p *inspect.Plan, undo int64) string {
	var b strings.Builder
	fmt.Fprintf(&b, "On %s, %s: %s\n", shown([]byte(p.Server.Addr)), p.Server.Name(), shown([]byte(p.Description)))
	fmt.Fprintf(&b, "  %s, %s (%s)\n", human.Plural(len(p.Keys), "key"), human.Size(p.Bytes), typesText(p.Types))
	expiring := len(p.Keys) - p.NoTTL
	switch {
	case p.NoTTL == len(p.Keys):
		b.WriteString("  none of them ever expires\n")
	case expiring > 0 && p.MaxTTL > 0:
		fmt.Fprintf(&b, "  they expire %s", human.ExpiresBetween(p.MinTTL, p.MaxTTL, time.Now()))
		if p.NoTTL > 0 {
			fmt.Fprintf(&b, "; %s never", human.Count(p.NoTTL))
		}
		b.WriteString("\n")
	}
	if left := human.StaleAfter(p); left != "" {
		fmt.Fprintf(&b, "  %s\n", left)
	}
	if beside := human.NonCache(p); beside != "" {
		fmt.Fprintf(&b, "  Does not look like cache entries:  %s\n", beside)
	}
	fmt.Fprintf(&b, "  %s\n", human.UndoCoverage(p, undo))
	for _, name := range p.Sample {
		fmt.Fprintf(&b, "    %s\n", named(name))
	}
	if more := len(p.Keys) - len(p.Sample); more > 0 {
		fmt.Fprintf(&b, "    … and %s more\n", human.Count(more))
	}
	return b.String()
}

// typesText is "12 string, 3 hash".
func typesText(types map[keyspace.Type]int) string {
	var parts []string
	for _, t := range slices.Sorted(maps.Keys(types)) {
		parts = append(parts, human.Count(types[t])+" "+typeWord(t))
	}
	return strings.Join(parts, ", ")
}

// typeCounts is {"string":12,"hash":3}.
func typeCounts(types map[keyspace.Type]int) []byte {
	var o object
	for _, t := range slices.Sorted(maps.Keys(types)) {
		o.int(typeWord(t), int64(types[t]))
	}
	return o.end()
}

// writePlan writes what a dry run found.
func (a *app) writePlan(p *inspect.Plan, undo int64, json bool) error {
	if !json {
		_, err := fmt.Fprint(a.out, planText(p, undo)+"Dry run: nothing was deleted.\n")
		return err
	}
	o := reportObject(inspect.DeleteReport{Planned: len(p.Keys), Bytes: p.Bytes})
	o.bool("dry_run", true)
	o.text("server", p.Server.Addr)
	o.int("db", int64(p.Server.DB))
	o.raw("types", typeCounts(p.Types))
	o.objects("not_cache", besideObjects(p.NonCache))
	if p.NonCacheSampled > 0 {
		o.int("not_cache_sampled", int64(p.NonCacheSampled))
	}
	o.int("undo_limit", undo)
	o.int("too_large_to_undo", int64(p.TooLarge))
	if p.Missing > 0 {
		o.int("missing", int64(p.Missing))
	}
	if len(p.NoCopy) > 0 {
		o.raw("no_copy", typeCounts(p.NoCopy))
	}
	if p.UndoBlocked != "" {
		o.text("undo_blocked", p.UndoBlocked)
	}
	o.int("no_ttl", int64(p.NoTTL))
	leftMembers(o, p)
	o.int("soonest_ms", p.MinTTL.Milliseconds())
	o.int("latest_ms", p.MaxTTL.Milliseconds())
	samples := make([]object, len(p.Sample))
	for i, name := range p.Sample {
		samples[i].key("key", name)
	}
	o.objects("sample", samples)
	_, err := a.out.Write(o.line())
	return err
}

// leftMembers are the results that a plan leaves behind.
func leftMembers(o *object, p *inspect.Plan) {
	if p.StaleEntries > 0 {
		o.int("entries", int64(p.StaleEntries))
		o.int("entries_bytes", p.StaleBytes)
	}
}

// besideObjects is what of a plan is no cache entry.
func besideObjects(found []inspect.NonCacheKeys) []object {
	list := make([]object, len(found))
	for i, b := range found {
		list[i].text("what", b.Role.String())
		list[i].int("keys", int64(b.Keys))
		list[i].key("like", b.Like)
	}
	return list
}

// writeReport writes what a delete did as a JSON object.
func (a *app) writeReport(p *inspect.Plan, r inspect.DeleteReport, cause error) error {
	o := reportObject(r)
	if allGone(r) {
		leftMembers(o, p)
	}
	if r.Gone > 0 {
		o.int("gone", int64(r.Gone))
	}
	if p.Missing > 0 {
		o.int("missing", int64(p.Missing))
	}
	if r.NotCopied > 0 {
		o.int("not_copied", int64(r.NotCopied))
	}
	if r.Changed > 0 {
		o.int("changed", int64(r.Changed))
	}
	if r.OutcomeUnknown > 0 {
		o.int("unknown", int64(r.OutcomeUnknown))
	}
	if r.NotUndoable > 0 {
		o.int("not_undoable", int64(r.NotUndoable))
	}
	if cause != nil {
		o.text("stopped_by", cause.Error())
	}
	return a.tell(o.line())
}

func reportObject(r inspect.DeleteReport) *object {
	o := new(object)
	o.int("planned", int64(r.Planned))
	o.int("deleted", int64(r.Deleted))
	o.int("expired", int64(r.Expired))
	o.int("failed", int64(r.Failed))
	o.int("bytes", r.Bytes)
	if r.Undo == "" {
		o.raw("undo", []byte("null"))
	} else {
		o.text("undo", r.Undo)
	}
	o.objects("errors", errorObjects(r.Errors))
	return o
}

func errorObjects(errs []inspect.KeyError) []object {
	list := make([]object, len(errs))
	for i, e := range errs {
		list[i].key("key", e.Key)
		list[i].text("message", e.Err.Error())
	}
	return list
}

// tellReport says for people what a delete did.
func (a *app) tellReport(r inspect.DeleteReport) error {
	var b strings.Builder
	fmt.Fprintf(&b, "deleted %s", human.Plural(r.Deleted, "key"))
	if r.Deleted != r.Planned {
		fmt.Fprintf(&b, " of %s", human.Count(r.Planned))
	}
	fmt.Fprintf(&b, " (%s)", human.Size(r.Bytes))
	if r.Expired > 0 {
		fmt.Fprintf(&b, "; %s expired before", human.Count(r.Expired))
	}
	if r.Gone > 0 {
		fmt.Fprintf(&b, "; %s already gone", human.Count(r.Gone))
	}
	if r.Changed > 0 {
		fmt.Fprintf(&b, "; %s changed since and were skipped (--changed deletes them)", human.Count(r.Changed))
	}
	if r.NotCopied > 0 {
		fmt.Fprintf(&b, "; %s skipped: no copy could be made (--no-undo deletes without one)", human.Count(r.NotCopied))
	}
	if r.Failed > 0 {
		fmt.Fprintf(&b, "; %s could not be deleted", human.Count(r.Failed))
	}
	if r.OutcomeUnknown > 0 {
		fmt.Fprintf(&b, " (%s of them may be gone: the server did not answer)", human.Count(r.OutcomeUnknown))
	}
	if r.Stopped {
		b.WriteString("; stopped, the rest is unchanged")
	}
	b.WriteString("\n")
	if r.Undo != "" && r.Deleted+r.OutcomeUnknown > 0 {
		fmt.Fprintf(&b, "to undo: cacheview undo %s\n", shown([]byte(r.Undo)))
	}
	err := a.tell([]byte(b.String()))
	if r.NotUndoable > 0 {
		a.note("cacheview: %s cannot be undone\n", human.Plural(r.NotUndoable, "deletion"))
	}
	a.tellErrors(r.Errors)
	return err
}

const maxToldErrors = 10

// tellErrors names the keys that something went wrong with.
func (a *app) tellErrors(errs []inspect.KeyError) {
	for i, e := range errs {
		if i == maxToldErrors {
			a.note("cacheview: … and %s more\n", human.Count(len(errs)-i))
			return
		}
		a.note("cacheview: %s: %s\n", named(e.Key), shown([]byte(e.Err.Error())))
	}
}

// progressLine is one line on the error stream that is written again and again;
// nothing when that is no terminal.
type progressLine struct {
	a    *app
	last time.Time
	used bool
}

const progressEvery = 100 * time.Millisecond

func (a *app) progress() *progressLine {
	if !isTerminal(a.errw) {
		return nil
	}
	return &progressLine{a: a, last: time.Now()}
}

// progressBeside is progress for what writes all the time: none on the terminal
// that the output goes to.
func (a *app) progressBeside() *progressLine {
	if isTerminal(a.out) {
		return nil
	}
	return a.progress()
}

// scanned shows how far a listing is, and each master of a cluster.
func (p *progressLine) scanned(at inspect.Progress) {
	beside := ""
	if masters := human.ScanProgress(at.Nodes); masters != "" {
		beside = " · " + masters
	}
	p.showBeside("scanned", at.Visited, at.Total, beside)
}

// show writes "deleted 12,000 of 1,000,000", now and then.
func (p *progressLine) show(what string, n, total int64) { p.showBeside(what, n, total, "") }

func (p *progressLine) showBeside(what string, n, total int64, beside string) {
	if p == nil || time.Since(p.last) < progressEvery {
		return
	}
	p.last, p.used = time.Now(), true
	if total < 0 {
		p.a.note("\r\x1b[K%s %s%s", what, human.Count(n), beside)
		return
	}
	p.a.note("\r\x1b[K%s %s of %s%s", what, human.Count(n), human.Count(total), beside)
}

// done wipes the line.
func (p *progressLine) done() {
	if p != nil && p.used {
		p.a.note("\r\x1b[K")
	}
}
