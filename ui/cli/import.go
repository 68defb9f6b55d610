package cli

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"cacheview/decode"
	"cacheview/inspect"
	"cacheview/inspect/keyspace"
	"cacheview/ui/human"
)

type importFlags struct{ replace, dryRun, json bool }

func (a *app) importCommand() *cobra.Command {
	var f importFlags
	cmd := &cobra.Command{
		Use:   "import [FILE]",
		Short: "Bring back what export wrote",
		Long: "Restore the keys of an export, from FILE or the standard input, into the database\n" +
			"that is open. They get the time to live that is left of theirs by now; what would\n" +
			"have expired meanwhile stays dead, and a key that exists is left alone unless\n" +
			"--replace is given: what it was goes into an undo journal first.",
		Example: "cacheview import --dry-run cache.jsonl\n" +
			"cacheview import cache.jsonl\n" +
			"cacheview export app: | cacheview import -u redis://other:6379/1",
		Args: cobra.MaximumNArgs(1),
		RunE: a.runs(func(ctx context.Context, args []string) error {
			return a.importKeys(ctx, f, append(args, "-")[0])
		}),
	}
	fl := cmd.Flags()
	fl.BoolVar(&f.replace, "replace", false, "overwrite keys that exist")
	fl.BoolVar(&f.dryRun, "dry-run", false, "say what would be restored, and write nothing")
	fl.BoolVar(&f.json, "json", false, "write the report as a JSON object")
	return cmd
}

func (a *app) importKeys(ctx context.Context, f importFlags, file string) error {
	in := a.in
	if file == "-" {
		if isTerminal(a.in) {
			return usagef("import needs a FILE, or an export on its standard input")
		}
	} else {
		opened, err := os.Open(file)
		if err != nil {
			return err
		}
		defer opened.Close()
		in = opened
	}
	c, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	lines := newExportReader(in)
	if !c.ReadOnly() || f.dryRun {
		if err := lines.header(); err != nil {
			return err
		}
	}
	p := a.progress()
	r, err := c.Import(ctx, lines.next, inspect.ImportOptions{
		Replace: f.replace, DryRun: f.dryRun,
		Progress: func(done int) { p.show("imported", int64(done), -1) },
	})
	p.done()
	if err != nil && r.Planned == 0 {
		return err
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		a.note("cacheview: %s\n", decode.Printable(err.Error()))
	}
	if werr := a.tellImport(r, f); werr != nil {
		return werr
	}
	switch {
	case err == nil && r.Planned == 0:
		return errNothing
	case err == nil && r.Restored+r.Expired == r.Planned:
		return nil
	case r.Restored == 0 && (r.Failed > 0 || err != nil) && !r.Stopped:
		return errReported
	}
	return errPartly
}

func (a *app) tellImport(r inspect.UndoReport, f importFlags) error {
	if f.json {
		o := undoObject(r)
		if f.dryRun {
			o.bool("dry_run", true)
		}
		_, err := a.out.Write(o.line())
		return err
	}
	text := "imported " + human.Plural(r.Restored, "key")
	if f.dryRun {
		text = "would import " + human.Plural(r.Restored, "key")
	}
	if r.Restored != r.Planned {
		text += " of " + human.Count(r.Planned)
	}
	if r.Expired > 0 {
		text += "; " + human.Count(r.Expired) + " expired meanwhile"
	}
	if r.Exists > 0 {
		text += "; " + human.Count(r.Exists) + " exist (--replace overwrites them)"
	}
	if r.Failed > 0 {
		text += "; " + human.Count(r.Failed) + " could not be restored"
	}
	return a.tellRestored(text, r)
}

// exportLineMax bounds a line of an export: the largest dump that is made, in
// base64, and room for its name.
const exportLineMax = 128 << 20

// exportReader reads what export wrote, a line at a time.
type exportReader struct {
	lines *bufio.Scanner
	line  int
}

func newExportReader(r io.Reader) *exportReader {
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 0, 64<<10), exportLineMax)
	return &exportReader{lines: s}
}

// scan goes to the next line that is not empty; io.EOF follows the last.
func (e *exportReader) scan() error {
	for e.lines.Scan() {
		e.line++
		if len(e.lines.Bytes()) > 0 {
			return nil
		}
	}
	if err := e.lines.Err(); err != nil {
		return fmt.Errorf("line %d: %w", e.line+1, err)
	}
	return io.EOF
}

// header reads the first line.
func (e *exportReader) header() error {
	err := e.scan()
	if errors.Is(err, io.EOF) {
		return errors.New("the export is empty: not even its header is there")
	}
	if err != nil {
		return err
	}
	var head map[string]any
	if err := json.Unmarshal(e.lines.Bytes(), &head); err != nil || head[exportMark] == nil {
		return errors.New("line 1 is not the header of a cacheview export; what export --decoded writes is for reading only")
	}
	if head[exportMark] != float64(exportFormat) {
		return fmt.Errorf("this export has the format %v, and only %d is known: a newer cacheview wrote it", head[exportMark], exportFormat)
	}
	return nil
}

func (e *exportReader) next() (inspect.Saved, error) {
	var s inspect.Saved
	if err := e.scan(); err != nil {
		return s, err
	}
	var row struct {
		Key    *string `json:"key"`
		KeyB64 *string `json:"key_b64"`
		Expiry *int64  `json:"expires_at_ms"`
		Dump   string  `json:"dump"`
	}
	err := json.Unmarshal(e.lines.Bytes(), &row)
	if err != nil {
		return s, fmt.Errorf("line %d of the export: %w", e.line, err)
	}
	switch {
	case row.Key != nil:
		s.Key = []byte(*row.Key)
	case row.KeyB64 != nil:
		s.Key, err = base64.StdEncoding.DecodeString(*row.KeyB64)
	default:
		err = errors.New("no key")
	}
	if err == nil {
		s.Dump, err = base64.StdEncoding.DecodeString(row.Dump)
	}
	if s.Expiry = keyspace.NoExpiry; row.Expiry != nil {
		s.Expiry = *row.Expiry
	} else if err == nil {
		err = errors.New("no expires_at_ms")
	}
	if err == nil && s.RDBVersion() == 0 {
		err = errors.New("no dump")
	}
	if err != nil {
		return s, fmt.Errorf("line %d of the export: %w", e.line, err)
	}
	return s, nil
}
