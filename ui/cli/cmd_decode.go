package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"cacheview/decode"
	"cacheview/decode/pickle"
	"cacheview/decode/value"
)

// maxFile is the largest input that is read: what a Redis string can hold.
const maxFile = 512 << 20

type decodeFlags struct {
	as              string
	json, structure bool
}

func (a *app) decodeCommand() *cobra.Command {
	var f decodeFlags
	cmd := &cobra.Command{
		Use:   "decode [FILE...|-]",
		Short: "Decode values from files, without Redis",
		Long:  "Decode values from files or standard input. Nothing in them is executed or imported.",
		Example: "redis-cli --raw GET flask_cache_homepage | head -c -1 | cacheview decode\n" +
			"cacheview decode --json dump.bin session.bin\n" +
			"# exactly what a pickle says, opcode by opcode\n" +
			"cacheview decode --as pickle --structure model.pkl",
		RunE: a.runs(func(_ context.Context, files []string) error { return a.decode(f, files) }),
	}
	registerAs(cmd, &f.as)
	cmd.Flags().BoolVar(&f.json, "json", false, "write one JSON object a line: file, layers, value, error, flags, rest")
	cmd.Flags().BoolVar(&f.structure, "structure", false, "print the opcodes of a pickle: one JSON object a line")
	a.exclusive(cmd, "json", "structure")
	return cmd
}

// registerAs adds --as with the names of the formats.
func registerAs(cmd *cobra.Command, as *string) {
	cmd.Flags().StringVar(as, "as", "", "decode as this format or chain of formats: zlib,json")
}

// checkFormats refuses a chain with a name that no decoder has.
func checkFormats(as string) error {
	if as == "" {
		return nil
	}
	known := decode.Formats()
	for name := range strings.SplitSeq(as, ",") {
		name = strings.TrimSpace(name)
		if !slices.Contains(known, name) && !slices.Contains(known, strings.TrimRight(name, "012345")) {
			return usagef("no format is called %q; there are %s", name, strings.Join(known, " "))
		}
	}
	return nil
}

// decode reads every file; one that cannot be read or decoded does not stop the
// others.
func (a *app) decode(f decodeFlags, files []string) error {
	if err := checkFormats(f.as); err != nil {
		return err
	}
	if len(files) == 0 {
		if isTerminal(a.in) {
			return usagef("decode needs a FILE, or data on its standard input")
		}
		files = []string{"-"}
	}
	w := a.data()
	failed, cut := false, false
	for i, file := range files {
		raw, err := a.readFile(file)
		if err != nil {
			a.complain(err)
			failed = true
			continue
		}
		var ok bool
		switch {
		case f.structure:
			ok, err = writeStructure(w, raw, f.as)
		case f.json:
			ok, err = writeDecoded(w, file, decode.Decode(raw, decode.Options{As: f.as}))
		default:
			if len(files) > 1 {
				fmt.Fprintf(w, "%s==> %s <==\n", separator(i), decode.Printable(file))
			}
			ok, err = a.writePretty(w, decode.Decode(raw, decode.Options{As: f.as}))
		}
		if errors.Is(err, errPartly) {
			cut, ok, err = true, true, nil
		}
		if err == nil {
			err = w.Flush()
		}
		if err != nil {
			return err
		}
		failed = failed || !ok
	}
	switch {
	case failed:
		return errReported
	case cut:
		return errPartly
	}
	return nil
}

// separator is the empty line between files.
func separator(i int) string {
	if i == 0 {
		return ""
	}
	return "\n"
}

func (a *app) readFile(name string) ([]byte, error) {
	in := a.in
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	raw, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(raw) > maxFile {
		return nil, fmt.Errorf("%s is larger than a Redis string can be (512 MB)", name)
	}
	return raw, nil
}

// writeStructure writes the envelope of a pickle. Without --as, layers around
// the pickle are taken off first; what holds no pickle is read as one all the
// same, so that the envelope tells why it is none.
func writeStructure(w io.Writer, raw []byte, as string) (ok bool, err error) {
	var doc *pickle.Document
	if !isPickle(as) {
		doc = decode.Decode(raw, decode.Options{As: as}).Pickle
	}
	if doc == nil {
		doc = pickle.Decode(raw, value.Limits{})
	}
	_, err = w.Write(append(doc.AppendStructure(nil), '\n'))
	return doc.Err() == nil, err
}

// isPickle says whether a format's name means a bare pickle.
func isPickle(as string) bool { return strings.TrimRight(as, "012345") == "pickle" }

// writeDecoded writes the JSON object of one file.
func writeDecoded(w io.Writer, file string, r decode.Result) (ok bool, err error) {
	var o object
	o.bytes("file", []byte(file))
	failure := addReading(&o, r)
	o.int("rest", int64(r.TrailingBytes))
	_, err = w.Write(o.line())
	if err == nil && isLimit(failure) {
		err = errPartly
	}
	return failure == nil, err
}

// addReading adds the members that decode and get have in common, and returns
// why the value was not read or written to its end.
func addReading(o *object, r decode.Result) (failure *value.Error) {
	o.texts("layers", r.Names())
	tree, err := decode.AppendJSON(nil, r.Value, r.RenderLimits())
	o.raw("value", tree)
	failure = r.Err
	if limit, is := errors.AsType[*value.Error](err); is && failure == nil {
		failure = limit
	}
	if failure == nil {
		o.raw("error", []byte("null"))
	} else {
		var e object
		e.text("format", failure.Format)
		e.text("kind", string(failure.Kind))
		e.int("offset", int64(failure.Offset))
		e.text("path", failure.Path)
		e.text("message", failure.Error())
		o.raw("error", e.end())
	}
	o.texts("flags", r.Flags)
	if len(r.Also) > 0 {
		o.raw("also", alsoJSON(r.Also))
	}
	if len(r.Doubts) > 0 {
		o.raw("doubts", doubtsJSON(r.Doubts))
	}
	addView(o, r, len(tree))
	return failure
}

// alsoJSON is a list of other readings, each by its layers.
func alsoJSON(also [][]string) []byte {
	out, err := json.Marshal(also)
	if err != nil { // layers are plain names
		return []byte("[]")
	}
	return out
}

// doubtsJSON lists the ambiguous members of a collection.
func doubtsJSON(doubts []decode.Doubt) []byte {
	type doubt struct {
		At     []int      `json:"at"`
		Layers []string   `json:"layers"`
		Also   [][]string `json:"also"`
	}
	list := make([]doubt, len(doubts))
	for i, d := range doubts {
		list[i] = doubt(d)
	}
	out, err := json.Marshal(list)
	if err != nil {
		return []byte("[]")
	}
	return out
}

// isLimit reports whether a value was cut by a limit of cacheview.
func isLimit(err *value.Error) bool { return err != nil && err.Kind == value.Limit }

// addView adds the view of a value that has one. Value and view share what an
// answer may be long.
func addView(o *object, r decode.Result, spent int) {
	v, ok := r.View()
	if !ok {
		return
	}
	lim := r.RenderLimits()
	lim.Output = max(lim.Output-int64(spent), 1<<10)
	text, _ := decode.AppendView(nil, v, lim) // says itself when it is cut
	o.raw("view", text)
}

// writePretty writes the value for people, and what else there is to say about
// it on the error stream.
func (a *app) writePretty(w *bufio.Writer, r decode.Result) (ok bool, err error) {
	text, cut := decode.AppendTextCut(nil, r.Value, decode.TextOptions{Width: a.width(), Limits: r.RenderLimits()})
	if _, err := w.Write(append(text, '\n')); err != nil {
		return false, err
	}
	// The value first, whichever stream is faster.
	if err := w.Flush(); err != nil {
		return false, err
	}
	a.noteReading(r)
	if cut {
		a.note("cacheview: the value is cut at … : there is more of it than is written at once\n")
	}
	if cut || isLimit(r.Err) {
		return false, errPartly
	}
	return r.Err == nil, nil
}

// noteReading says what a reader should know who only sees the value.
func (a *app) noteReading(r decode.Result) {
	if isTerminal(a.out) && isTerminal(a.errw) {
		a.note("(%s)\n", decode.Printable(strings.Join(r.Names(), " › ")))
	}
	for _, flag := range r.Flags {
		switch {
		case flag == "trailing-bytes": // said below, with their number
		case flag == "ambiguous" && len(r.Doubts) > 0:
			a.noteDoubts(r.Doubts)
		case flag == "ambiguous" && len(r.Also) > 0:
			a.note("cacheview: ambiguous: the bytes also fit %s. To switch, pass --as %s\n", joinReadings(r.Also), strings.Join(r.Also[0], ","))
		default:
			a.note("cacheview: %s\n", decode.Printable(warning(flag)))
		}
	}
	if r.Err != nil {
		a.note("cacheview: %s\n", decode.Printable(r.Err.Error()))
	}
	if r.TrailingBytes > 0 {
		a.note("cacheview: %d bytes after the end of the value\n", r.TrailingBytes)
	}
}

// maxDoubts limits the ambiguous members that are listed.
const maxDoubts = 5

// noteDoubts lists the members that can be read in another way.
func (a *app) noteDoubts(doubts []decode.Doubt) {
	for _, d := range doubts[:min(len(doubts), maxDoubts)] {
		at := strings.Trim(strings.ReplaceAll(fmt.Sprint(d.At), " ", "]["), "[]")
		a.note("cacheview: member [%s] is ambiguous: shown as %s, also fits %s\n", at, strings.Join(d.Layers, ","), joinReadings(d.Also))
	}
	if n := len(doubts) - maxDoubts; n > 0 {
		a.note("cacheview: %d more members are ambiguous, marked (?)\n", n)
	}
}

// joinReadings lists readings by their layers: "cbor or binary".
func joinReadings(also [][]string) string {
	names := make([]string, len(also))
	for i, layers := range also {
		names[i] = strings.Join(layers, ",")
	}
	return strings.Join(names, " or ")
}

// warning puts a flag into words.
func warning(flag string) string {
	if name, ok := strings.CutPrefix(flag, "unsafe-global:"); ok {
		return "loading this value in Python would call " + name + "; it was not called here"
	}
	switch flag {
	case "discarded-call":
		return "loading this value in Python would make calls whose results it does not show"
	case "control-chars":
		return "the text has control characters, shown as escapes"
	case "ambiguous":
		return "the bytes can be read in another way too; --as chooses"
	}
	return flag
}
