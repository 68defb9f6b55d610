package cli

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

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
	as                         string
	json, raw, hex, force, b64 bool
	maxBytes                   int64
}

func (a *app) getCommand() *cobra.Command {
	var f getFlags
	cmd := &cobra.Command{
		Use:   "get KEY",
		Short: "Read one value",
		Long: "Read one value and write what it means. The members of hashes, lists, sets,\n" +
			"sorted sets and streams are decoded one by one. Reading changes neither the key's\n" +
			"time to live nor, from Redis 7.2 on, its idle time.",
		Example: "cacheview get flask_cache_homepage\n" +
			"cacheview get --json session:42 | jq .value\n" +
			"cacheview get --raw avatar:7 > avatar.png\n" +
			"cacheview get --as zlib,json blob",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: first(a.asking(a.findKeys)),
	}
	cmd.RunE = a.runs(func(ctx context.Context, args []string) error {
		if f.raw && !cmd.Flags().Changed("max-bytes") {
			f.maxBytes = unlimited // for nothing of it is kept
		}
		return a.get(ctx, f, args[0])
	})
	registerAs(cmd, &f.as)
	registerB64(cmd, &f.b64)
	fl := cmd.Flags()
	fl.BoolVar(&f.json, "json", false, "write a JSON object: key, type, ttl_ms, bytes, layers, value, error, flags, truncated")
	fl.BoolVar(&f.raw, "raw", false, "write the exact bytes of a string, however large, and nothing else")
	fl.BoolVar(&f.force, "force", false, "write --raw bytes even to a terminal, which they may confuse")
	fl.BoolVar(&f.hex, "hex", false, "write a hex dump")
	fl.Int64Var(&f.maxBytes, "max-bytes", defaultMaxBytes, "read at most this much of the value; --raw has no limit but this")
	cmd.MarkFlagsMutuallyExclusive("json", "raw", "hex")
	cmd.MarkFlagsMutuallyExclusive("as", "raw")
	cmd.MarkFlagsMutuallyExclusive("as", "hex")
	return cmd
}

func registerB64(cmd *cobra.Command, b64 *bool) {
	cmd.Flags().BoolVar(b64, "b64", false, "names are in base64, as key_b64 in JSON")
}

// keyBytes are the bytes of a name on the command line.
func keyBytes(arg string, b64 bool) ([]byte, error) {
	if !b64 {
		return []byte(arg), nil
	}
	name, err := base64.StdEncoding.DecodeString(arg)
	if err != nil {
		return nil, usagef("--b64: %q is not base64", arg)
	}
	return name, nil
}

func (a *app) get(ctx context.Context, f getFlags, arg string) error {
	name, err := keyBytes(arg, f.b64)
	if err != nil {
		return err
	}
	if err := checkFormats(f.as); err != nil {
		return err
	}
	if f.maxBytes <= 0 {
		return usagef("--max-bytes must be positive")
	}
	if f.raw && isTerminal(a.out) && !f.force {
		return usagef("--raw bytes may confuse a terminal: redirect them to a file, or add --force")
	}
	c, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	if f.raw {
		err = a.getRaw(ctx, c, name, f.maxBytes)
	} else {
		err = a.getWhole(ctx, c, name, f)
	}
	if errors.Is(err, inspect.ErrNoKey) {
		return a.noKey(ctx, c, string(name))
	}
	return err
}

// getWhole writes a value that has to be there as a whole before it can be
// decoded.
func (a *app) getWhole(ctx context.Context, c *inspect.Client, name []byte, f getFlags) error {
	v, err := readWhole(ctx, c, name, f.maxBytes)
	if err != nil {
		return err
	}
	w := a.data()
	switch {
	case f.hex:
		err = v.writeHex(w)
	case f.json:
		return a.getJSON(ctx, w, v, f.as)
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
	cut, err := readWindows(ctx, c, name, limit, func(w inspect.Window) (int64, error) {
		if w.Type != keyspace.String && w.Type != keyspace.JSON {
			return 0, fmt.Errorf("a %s has no raw bytes of its own; --json has those of its members", w.Type)
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
	ok := addReading(&o, a.read(ctx, v, as))
	o.bool("truncated", v.truncated)
	if _, err := w.Write(o.line()); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if !ok {
		return errReported
	}
	return nil
}

func (a *app) getPretty(ctx context.Context, w *bufio.Writer, v *wholeValue, as string) error {
	if isTerminal(a.out) && isTerminal(a.errw) {
		a.note("%s\n", v.headline(time.Now()))
	}
	ok, err := a.writePretty(w, a.read(ctx, v, as))
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
	parts := []string{v.kind.String(), sizeWord(v.key)}
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
