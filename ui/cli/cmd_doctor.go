package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"cacheview/inspect"
	"cacheview/ui/human"
)

func (a *app) doctorCommand() *cobra.Command {
	var json bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check setup, server and undo",
		Long: "Check what cacheview needs: the configuration, the directory of the undo journals, the\n" +
			"server, and the commands that this user may send. Each line is ok, note or fail; the\n" +
			"exit status is 1 if something fails. Nothing is changed on the server.",
		Example: "cacheview doctor",
		Args:    cobra.NoArgs, ValidArgsFunction: cobra.NoFileCompletions,
		RunE: a.runs(func(ctx context.Context, _ []string) error { return a.doctor(ctx, json) }),
	}
	cmd.Flags().BoolVar(&json, "json", false, "write one JSON object a line: check, level, text")
	return a.reads(cmd, onServer...)
}

// checkup writes the results of checks.
type checkup struct {
	a      *app
	json   bool
	failed bool
	lost   error // of writing
}

func (c *checkup) tell(check, level, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	c.failed = c.failed || level == "fail"
	line := fmt.Appendf(nil, "%-4s  %-13s %s\n", level, check, shown([]byte(text)))
	if c.json {
		var o object
		o.text("check", check)
		o.text("level", level)
		o.text("text", text)
		line = o.line()
	}
	if _, err := c.a.out.Write(line); err != nil && c.lost == nil {
		c.lost = err
	}
}

func (a *app) doctor(ctx context.Context, json bool) error {
	c := &checkup{a: a, json: json}
	if a.file.Path == "" {
		c.tell("configuration", "note", "there is no file; cacheview config init writes one")
	} else if _, err := os.Stat(a.file.Path); err != nil {
		c.tell("configuration", "note", "there is no file; cacheview config init writes one")
	} else {
		c.tell("configuration", "ok", "%s: %s", a.file.Path, human.Plural(len(a.file.Connections), "connection"))
	}
	c.journals(a)
	c.server(ctx)
	switch {
	case c.lost != nil:
		return c.lost
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case c.failed:
		return errReported
	}
	return nil
}

// journals checks that undo journals can be written and read.
func (c *checkup) journals(a *app) {
	dir, err := inspect.JournalDir(a.journalConfig())
	if err != nil {
		c.tell("undo journals", "fail", "%v", err)
		return
	}
	all, err := inspect.Journals(a.journalConfig())
	if err != nil {
		c.tell("undo journals", "fail", "%v", err)
		return
	}
	probe := dir.Path
	for probe != "" && probe != filepath.Dir(probe) {
		if _, err := os.Stat(probe); err == nil {
			break
		}
		probe = filepath.Dir(probe)
	}
	file, err := os.CreateTemp(probe, ".cacheview-doctor-*")
	if err != nil {
		c.tell("undo journals", "fail", "%s cannot be written: %v", dir.Path, err)
		return
	}
	_ = file.Close()
	_ = os.Remove(file.Name())
	var bytes int64
	for i := range all {
		bytes += all[i].Bytes
	}
	c.tell("undo journals", "ok", "%s: %s, %s", dir.Path, human.Plural(len(all), "journal"), human.Size(bytes))
}

// server checks what the server is and what this user may send.
func (c *checkup) server(ctx context.Context) {
	start := time.Now()
	client, err := c.a.open(ctx)
	if err != nil {
		c.tell("server", "fail", "%s", complaint(err))
		return
	}
	defer client.Close()
	opened := time.Since(start)
	s := client.Server()
	ping, err := client.Ping(ctx)
	if err != nil {
		c.tell("server", "fail", "%s", complaint(err))
		return
	}
	c.tell("server", "ok", "%s, %s: %s %s, %s; opened in %d ms, answers in %d ms", s.Addr, s.Name(), s.Product, s.Version, s.Mode, opened.Milliseconds(), ping.Milliseconds())
	if s.TLSUnverified {
		c.tell("TLS", "note", "the certificate is not checked")
	}
	for _, m := range s.Missing {
		c.tell("permissions", "note", "no %s: %s", m.Command, m.Effect)
	}
	switch {
	case client.ReadOnly():
		c.tell("undo", "note", "the session is read-only: nothing is changed")
	case client.UndoLimit() == 0:
		c.tell("undo", "note", "changes cannot be undone: undo is off, or DUMP is missing")
	default:
		c.tell("undo", "ok", "up to %s of one operation", human.Size(client.UndoLimit()))
	}
}
