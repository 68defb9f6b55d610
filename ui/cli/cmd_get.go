package cli

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cacheview/decode"
	"cacheview/inspect"
	"cacheview/inspect/keyspace"
	"cacheview/ui/human"
)

// defaultMaxBytes is how much of a value get reads unless it is told to read
// more.
const defaultMaxBytes = 64 << 20

// unlimited is more than a server can hold, and can be multiplied.
const unlimited = 1 << 50

type getFlags struct {
	selectFlags
	as                    string
	json, raw, hex, force bool
	maxBytes              int64
	title                 string // before the value; empty for a single one
}

func (a *app) getCommand() *cobra.Command {
	f := getFlags{selectFlags: selectFlags{keys: true}}
	cmd := &cobra.Command{
		Use:   "get KEY...",
		Short: "Read values",
		Long: "Read values and print them decoded. Members of hashes, lists, sets, sorted sets and\n" +
			"streams are decoded one by one. Reading changes neither a key's TTL nor, from Redis\n" +
			"7.2 on, its idle time.\n\n" +
			"Names are escaped as ls prints them (\\\\ is a backslash); --literal takes them as\n" +
			"they are. - reads names from standard input, one a line, or with -0 exact bytes that\n" +
			"each end in NUL. With several keys, each value follows a line with its name, except\n" +
			"with --json and --raw. The exit status is 4 if some of the keys do not exist, and 3\n" +
			"if none does. The flags of ls select keys, too: among those named, or among all.",
		Example: "cacheview get flask_cache_homepage\n" +
			"cacheview get --json session:42 | jq .value\n" +
			"cacheview get --raw avatar:7 > avatar.png\n" +
			"cacheview get --as zlib,json blob\n" +
			"cacheview get --json --prefix session: --limit 2\n" +
			"cacheview ls -0 session: | cacheview get -0 - --json",
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: a.asking(a.findKeys),
	}
	cmd.RunE = a.runs(func(ctx context.Context, args []string) error {
		if f.raw && !cmd.Flags().Changed("max-bytes") {
			f.maxBytes = unlimited // for nothing of it is kept
		}
		if err := a.missingKey(cmd, &f.selectFlags, args); err != nil {
			return err
		}
		return a.get(ctx, f, args)
	})
	registerAs(cmd, &f.as)
	fl := cmd.Flags()
	f.register(a, cmd)
	f.names.registerNull(a, cmd)
	fl.BoolVar(&f.json, "json", false, "write a JSON object: key, type, ttl_ms, bytes, layers, value, error, flags, truncated")
	fl.BoolVar(&f.raw, "raw", false, "write the exact bytes of a string, however large, and nothing else")
	fl.BoolVar(&f.force, "force", false, "write --raw bytes even to a terminal")
	fl.BoolVar(&f.hex, "hex", false, "write a hex dump")
	f.maxBytes = defaultMaxBytes
	fl.Var((*bytesValue)(&f.maxBytes), "max-bytes", "read at most this much of the value")
	a.exclusive(cmd, "json", "raw", "hex")
	a.exclusive(cmd, "as", "raw")
	a.exclusive(cmd, "as", "hex")
	a.needs(cmd, "force", "raw")
	return a.reads(cmd, configGroup, serverGroup, safetyGroup, scopeGroup, appsGroup)
}

func (a *app) get(ctx context.Context, f getFlags, args []string) error {
	if err := checkFormats(f.as); err != nil {
		return err
	}
	if f.maxBytes <= 0 {
		return usagef("--max-bytes must be positive")
	}
	if f.raw && isTerminal(a.out) && !f.force {
		return usagef("--raw bytes may confuse a terminal: redirect them to a file, or add --force")
	}
	sel, err := a.selection(ctx, &f.selectFlags, args)
	if err != nil {
		return err
	}
	c, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	names, unchecked := sel.names, error(nil)
	if names == nil || f.given() || sel.limit > 0 {
		if names, unchecked = a.collect(ctx, c, sel); unchecked != nil && !errors.Is(unchecked, errUnchecked) {
			return unchecked
		}
		if len(names) == 0 {
			return cmp.Or(unchecked, a.noneSelected(sel))
		}
		if err := a.getSeveral(ctx, c, names, f); err != nil {
			return err
		}
		return unchecked
	}
	if len(names) == 1 {
		err = a.getOne(ctx, c, names[0], f)
		if errors.Is(err, inspect.ErrNoKey) {
			return a.missing(ctx, c, names[0], err)
		}
		return err
	}
	return a.getSeveral(ctx, c, names, f)
}

func (a *app) getOne(ctx context.Context, c *inspect.Client, name []byte, f getFlags) error {
	if f.raw {
		return a.getRaw(ctx, c, name, f.maxBytes)
	}
	return a.getWhole(ctx, c, name, f)
}

// getSeveral writes the values of keys, and goes on when one of them cannot be
// read. Its error is errNothing if none of them exists, and errPartly if some
// could not be written.
func (a *app) getSeveral(ctx context.Context, c *inspect.Client, names [][]byte, f getFlags) error {
	var o outcomes
	for i, name := range names {
		if !f.json && !f.raw {
			f.title = separator(i) + "==> " + named(name) + " <==\n"
		}
		err := a.getOne(ctx, c, name, f)
		switch {
		case ctx.Err() != nil, err != nil && (inspect.IsDisconnected(err) || a.isOutput(err)):
			return err
		case errors.Is(err, inspect.ErrNoKey):
			_ = a.nothing(missingText(name, err))
		case err != nil && !isOutcome(err):
			a.complain(fmt.Errorf("%s: %w", named(name), err))
		}
		o.add(err)
	}
	return o.err()
}

// outcomes counts what became of several keys of one command.
type outcomes struct{ done, missing, failed int }

func (o *outcomes) add(err error) {
	switch {
	case err == nil:
		o.done++
	case errors.Is(err, inspect.ErrNoKey):
		o.missing++
	default:
		o.failed++
	}
}

// err is the outcome of all: nil, errNothing, errReported or errPartly.
func (o *outcomes) err() error {
	switch {
	case o.missing+o.failed == 0:
		return nil
	case o.done+o.failed == 0:
		return errNothing
	case o.done+o.missing == 0:
		return errReported
	}
	return errPartly
}

// getWhole writes a value that has to be there as a whole before it can be
// decoded.
func (a *app) getWhole(ctx context.Context, c *inspect.Client, name []byte, f getFlags) error {
	v, err := readWhole(ctx, c, name, f.maxBytes)
	if err != nil {
		return err
	}
	w := a.data()
	if _, err := w.WriteString(f.title); err != nil {
		return err
	}
	switch {
	case f.hex:
		err = v.writeHex(w)
	case f.json:
		return a.getJSON(ctx, w, v, f.as)
	case v.module != "":
		return a.getModule(ctx, w, v)
	default:
		return a.getPretty(ctx, w, v, f.as)
	}
	if err == nil {
		err = w.Flush()
	}
	if err == nil && v.truncated {
		return a.cut()
	}
	return err
}

// cut says that there is more than was written.
func (a *app) cut() error {
	a.note("cacheview: the value is larger than what was read; see --max-bytes\n")
	return errPartly
}

// getRaw writes the bytes of a string as they come, so that one of 512 MB takes no
// more memory than another.
func (a *app) getRaw(ctx context.Context, c *inspect.Client, name []byte, limit int64) error {
	cut, err := readWindows(ctx, c, name, limit, func(w inspect.ValueWindow) (int64, error) {
		if w.Type != keyspace.String && w.Type != keyspace.JSON {
			return 0, fmt.Errorf("a %s has no raw bytes of its own; --json has those of its members", decode.Printable(w.Type.String()))
		}
		n, err := a.out.Write(w.Raw)
		return int64(n), err
	})
	if err == nil && cut {
		return a.cut()
	}
	return err
}

func (a *app) getJSON(ctx context.Context, w *bufio.Writer, v *wholeValue, as string) error {
	var o object
	addKey(&o, v.key, time.Now())
	failure := addReading(&o, a.read(ctx, v, as))
	o.bool("truncated", v.truncated || isLimit(failure))
	v.factMembers(&o, time.Now())
	if _, err := w.Write(o.line()); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	switch {
	case isLimit(failure):
		return errPartly
	case failure != nil:
		return errReported
	}
	return nil
}

func (a *app) getPretty(ctx context.Context, w *bufio.Writer, v *wholeValue, as string) error {
	if isTerminal(a.out) && isTerminal(a.errw) {
		a.note("%s\n", v.headline(time.Now()))
	}
	ok, err := a.writePretty(w, a.read(ctx, v, as))
	if err == nil {
		err = v.writeFacts(w, time.Now())
	}
	switch {
	case err != nil:
		return err
	case v.truncated:
		return a.cut()
	case !ok:
		return errReported
	}
	return nil
}

// headline describes the key on one line.
func (v *wholeValue) headline(now time.Time) string {
	parts := []string{decode.Printable(v.kind.String()), sizeWord(v.key)}
	switch ttl := ttlWord(v.key.Meta.Expiry, now); ttl {
	case "never":
		parts = append(parts, "never expires")
	case "?":
	case fieldsWord:
		parts = append(parts, "its fields expire")
	default:
		parts = append(parts, "expires "+human.ExpiresIn(keyspace.TTLAt(v.key.Meta.Expiry, now), now))
	}
	return strings.Join(parts, " · ")
}

// missingText says that a key is not there, or not any more.
func missingText(name []byte, err error) string {
	switch {
	case errors.Is(err, inspect.ErrExpired):
		return named(name) + " expired while it was read"
	case errors.Is(err, inspect.ErrDeleted):
		return named(name) + " was deleted while it was read"
	}
	return "there is no key " + named(name)
}

// missing reports a key that is not there.
func (a *app) missing(ctx context.Context, c *inspect.Client, name []byte, err error) error {
	if errors.Is(err, inspect.ErrExpired) || errors.Is(err, inspect.ErrDeleted) {
		return a.nothing(missingText(name, err))
	}
	return a.noKey(ctx, c, name)
}
