package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"cacheview/decode"
	"cacheview/decode/value"
	"cacheview/inspect"
	"cacheview/ui/keyfile"
)

type diffFlags struct {
	names                   nameFlags
	prefixes, exports, json bool
}

func (a *app) diffCommand() *cobra.Command {
	var f diffFlags
	cmd := &cobra.Command{
		Use:   "diff A B",
		Short: "Compare two keys, prefixes or exports",
		Long: "Compare the decoded values of two keys and write what differs, by its place in the\n" +
			"value: - has what only A holds, + what only B does. --prefixes compares the keys\n" +
			"that have the same name behind two prefixes, --exports those of two files that\n" +
			"export wrote. TTLs are not compared. The exit status is 5 if anything differs.",
		Example: "cacheview diff a a\n" +
			"cacheview diff --prefixes old: old:\n" +
			"cacheview diff --exports cache.jsonl cache.jsonl",
		Args:              cobra.ExactArgs(2),
		ValidArgsFunction: a.asking(a.findKeys),
		RunE:              a.runs(func(ctx context.Context, args []string) error { return a.diff(ctx, f, args) }),
	}
	fl := cmd.Flags()
	f.names.register(a, cmd)
	fl.BoolVar(&f.prefixes, "prefixes", false, "A and B are literal prefixes")
	fl.BoolVar(&f.exports, "exports", false, "A and B are files that export wrote; no server is needed")
	fl.BoolVar(&f.json, "json", false, "write one JSON object a line for each difference")
	a.exclusive(cmd, "prefixes", "exports")
	return a.reads(cmd, onServer...)
}

// differ writes differences.
type differ struct {
	w    *bufio.Writer
	json bool
	n    int
}

// key writes that a key is only on one side, or differs.
func (d *differ) key(sign string, name []byte) {
	d.n++
	if d.json {
		var o object
		o.text("kind", map[string]string{"-": "only_a", "+": "only_b", "~": "differs"}[sign])
		o.key("key", name)
		_, _ = d.w.Write(o.line()) // Flush has the error
		return
	}
	_, _ = d.w.WriteString(sign + " " + named(name) + "\n")
}

// part writes a part of a value that is only on one side.
func (d *differ) part(sign, path, text string) {
	d.n++
	if d.json {
		var o object
		o.text("kind", map[string]string{"-": "only_a", "+": "only_b"}[sign])
		o.text("path", path)
		o.text("text", text)
		_, _ = d.w.Write(o.line())
		return
	}
	_, _ = d.w.WriteString(sign + " " + shown([]byte(path)) + ": " + shown([]byte(text)) + "\n")
}

func (a *app) diff(ctx context.Context, f diffFlags, args []string) error {
	d := &differ{w: a.data(), json: f.json}
	var err error
	if f.exports {
		err = d.exports(args)
		a.used(serverGroup)
		a.used(safetyGroup)
	} else {
		err = a.diffServer(ctx, f, d, args)
	}
	if flushed := d.w.Flush(); err == nil {
		err = flushed
	}
	if err == nil && d.n > 0 {
		return errDiffers
	}
	return err
}

func (a *app) diffServer(ctx context.Context, f diffFlags, d *differ, args []string) error {
	names, err := a.twoNames(f.names, args)
	if err != nil {
		return err
	}
	c, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	if f.prefixes {
		return a.diffPrefixes(ctx, c, d, names)
	}
	var values [2]decode.Result
	for i, name := range names {
		v, err := readWhole(ctx, c, name, defaultMaxBytes)
		if isMissing(err) {
			return a.missing(ctx, c, name, err)
		}
		if err != nil {
			return err
		}
		if v.truncated {
			return errors.New("diff: " + named(name) + ": the value is too large to be compared")
		}
		values[i] = v.decode("")
	}
	d.values(values[0].Value, values[1].Value)
	return nil
}

// values compares two values part by part.
func (d *differ) values(a, b value.Value) {
	one, other := partsOf(a), partsOf(b)
	for _, p := range one.order {
		if text, ok := other.text[p]; !ok || text != one.text[p] {
			d.part("-", p, one.text[p])
		}
		if text, ok := other.text[p]; ok && text != one.text[p] {
			d.part("+", p, text)
		}
	}
	for _, p := range other.order {
		if _, ok := one.text[p]; !ok {
			d.part("+", p, other.text[p])
		}
	}
}

// parts are the leaves of a value by their paths.
type parts struct {
	order []string
	text  map[string]string
}

func partsOf(v value.Value) parts {
	p := parts{text: map[string]string{}}
	value.Walk(v, func(path value.Path, v value.Value) bool {
		if value.ChildLen(v) > 0 {
			return true
		}
		text, err := decode.AppendJSON(nil, v, value.DefaultLimits())
		at := path.String()
		if at == "" {
			at = "value"
		}
		if err == nil {
			p.order, p.text[at] = append(p.order, at), string(text)
		}
		return true
	})
	return p
}

// diffPrefixes compares the keys behind two prefixes.
func (a *app) diffPrefixes(ctx context.Context, c *inspect.Client, d *differ, prefixes [2][]byte) error {
	var lists [2]map[string]bool
	for i, prefix := range prefixes {
		lists[i] = map[string]bool{}
		err := eachPage(ctx, c, inspect.ScanOptions{Prefix: prefix}, func(names [][]byte, _ inspect.Progress) error {
			for _, name := range names {
				lists[i][string(name[len(prefix):])] = true
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if len(lists[0])+len(lists[1]) == 0 {
		return a.nothing("no key matches")
	}
	var both []string
	for _, side := range []struct {
		sign      string
		has, lack map[string]bool
		prefix    []byte
	}{{"-", lists[0], lists[1], prefixes[0]}, {"+", lists[1], lists[0], prefixes[1]}} {
		for _, rest := range sorted(side.has) {
			if !side.lack[rest] {
				d.key(side.sign, append(bytes.Clone(side.prefix), rest...))
			} else if side.sign == "-" {
				both = append(both, rest)
			}
		}
	}
	for _, rest := range both {
		same, err := a.sameValue(ctx, c, append(bytes.Clone(prefixes[0]), rest...), append(bytes.Clone(prefixes[1]), rest...))
		if err != nil {
			return err
		}
		if !same {
			d.key("~", append(bytes.Clone(prefixes[0]), rest...))
		}
	}
	return nil
}

// sameValue compares what two keys hold: their dumps, and if these differ, which
// they may for equal values, the members. A key that is gone by now holds nothing.
func (a *app) sameValue(ctx context.Context, c *inspect.Client, one, other []byte) (bool, error) {
	var dumps [][]byte
	err := c.Export(ctx, [][]byte{one, other}, func(s inspect.DumpedKey) error {
		dumps = append(dumps, s.Dump)
		return nil
	}, func(inspect.KeyError) {})
	if err == nil && len(dumps) == 2 && bytes.Equal(dumps[0], dumps[1]) {
		return true, nil
	}
	var values [2]*wholeValue
	for i, name := range [][]byte{one, other} {
		v, err := readWhole(ctx, c, name, defaultMaxBytes)
		if err != nil && !isMissing(err) {
			return false, err
		}
		values[i] = v
	}
	x, y := values[0], values[1]
	if x == nil || y == nil {
		return x == nil && y == nil, nil
	}
	if x.kind != y.kind || x.truncated || y.truncated || len(x.members) != len(y.members) || !bytes.Equal(x.raw, y.raw) {
		return false, nil
	}
	return slices.Equal(memberTexts(x), memberTexts(y)), nil
}

// memberTexts returns the members of a value, in order where the type has none.
func memberTexts(v *wholeValue) []string {
	list := make([]string, len(v.members))
	for i, m := range v.members {
		list[i] = string(m.Field) + "\x00" + string(m.Value) + "\x00" + m.ScoreText + string(bytes.Join(m.Pairs, []byte{0}))
	}
	if k := v.kind.String(); k == "set" || k == "hash" {
		slices.Sort(list)
	}
	return list
}

func sorted(m map[string]bool) []string {
	list := make([]string, 0, len(m))
	for k := range m {
		list = append(list, k)
	}
	slices.Sort(list)
	return list
}

// exports compares two files.
func (d *differ) exports(files []string) error {
	var all [2]map[string][]byte
	for i, name := range files {
		var err error
		if all[i], err = readExport(name); err != nil {
			return err
		}
	}
	for _, k := range sorted(keysIn(all[0])) {
		if dump, ok := all[1][k]; !ok {
			d.key("-", []byte(k))
		} else if !bytes.Equal(dump, all[0][k]) {
			d.key("~", []byte(k))
		}
	}
	for _, k := range sorted(keysIn(all[1])) {
		if _, ok := all[0][k]; !ok {
			d.key("+", []byte(k))
		}
	}
	return nil
}

func keysIn(m map[string][]byte) map[string]bool {
	keys := make(map[string]bool, len(m))
	for k := range m {
		keys[k] = true
	}
	return keys
}

// readExport reads the keys of an export and their dumps.
func readExport(path string) (map[string][]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	r := keyfile.NewReader(file)
	if err := r.Header(); err != nil {
		return nil, errors.New("diff: " + path + ": " + err.Error())
	}
	keys := map[string][]byte{}
	for {
		s, err := r.Next()
		if errors.Is(err, io.EOF) {
			return keys, nil
		}
		if err != nil {
			return nil, errors.New("diff: " + path + ": " + err.Error())
		}
		keys[string(s.Key)] = bytes.Clone(s.Dump)
	}
}
