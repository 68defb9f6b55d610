// Package keyfile is the file that an export writes and an import reads: JSON
// lines, a header with the server's version, then each key with its DUMP in
// base64 and the time at which it expires, and an end mark with the number of keys.
// It decides nothing about where the file is, and reads nothing that it does not
// know.
package keyfile

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"cacheview/decode"
	"cacheview/decode/value"
	"cacheview/inspect"
	"cacheview/inspect/keyspace"
)

const (
	mark   = "cacheview_export" // the first member of the header
	format = 1

	// lineMax bounds a line: the largest dump that is made, in base64, and room
	// for its name.
	lineMax = 128 << 20
)

// The kinds of lines.
const (
	kindHeader = "export"
	kindKey    = "key"
	kindEnd    = "end"
)

// CutError is returned instead of io.EOF for an export that has no end mark, or
// fewer keys than its end mark says.
type CutError struct {
	Read int // keys
	Keys int // that the end mark says; -1 without one
}

// Error says how much was read.
func (e *CutError) Error() string {
	if e.Keys >= 0 {
		return fmt.Sprintf("the export is not whole: its end mark says %d keys, and %d are there", e.Keys, e.Read)
	}
	return fmt.Sprintf("the export is cut off after %d keys: its end mark is missing", e.Read)
}

// Writer writes keys, and the header before the first.
type Writer struct {
	w    io.Writer
	from inspect.Server
	when time.Time
	keys int
	line []byte
}

// NewWriter writes keys of a server at a time to w, each with one call.
func NewWriter(w io.Writer, from inspect.Server, when time.Time) *Writer {
	return &Writer{w: w, from: from, when: when}
}

// Keys returns how many keys were written.
func (w *Writer) Keys() int { return w.keys }

// Add writes a key. The lines are safe to print on a terminal.
func (w *Writer) Add(s inspect.DumpedKey) error {
	w.line = w.line[:0]
	if w.keys == 0 {
		w.line = append(w.line, `{"`+mark+`":`+strconv.Itoa(format)...)
		w.text("server", w.from.Product+" "+w.from.Version)
		w.number("rdb_version", int64(s.RDBVersion()))
		w.text("address", w.from.Addr)
		w.number("db", int64(w.from.DB))
		w.text("when", w.when.UTC().Format(time.RFC3339))
		w.text("kind", kindHeader)
		w.line = append(w.line, `,"end_mark":true}`+"\n"...)
	}
	w.line = append(w.line, '{')
	w.line = append(w.line, `"key":`...)
	name := decode.PrintableName(s.Key)
	if len(s.Key) == 0 {
		name = ""
	}
	w.quoted(name)
	if name != string(s.Key) { // these are the name then
		w.line = append(w.line, `,"key_b64":"`...)
		w.line = base64.StdEncoding.AppendEncode(w.line, s.Key)
		w.line = append(w.line, '"')
	}
	w.number("expires_at_ms", s.Expiry)
	w.line = append(w.line, `,"dump":"`...)
	w.line = base64.StdEncoding.AppendEncode(w.line, s.Dump)
	w.line = append(w.line, '"')
	w.text("kind", kindKey)
	w.line = append(w.line, "}\n"...)
	if _, err := w.w.Write(w.line); err != nil {
		return err
	}
	w.keys++
	return nil
}

// Close writes the end mark. Without it the file is one that was cut. Nothing is
// written if there are no keys.
func (w *Writer) Close() error {
	if w.keys == 0 {
		return nil
	}
	_, err := fmt.Fprintf(w.w, "{\"kind\":%q,\"keys\":%d}\n", kindEnd, w.keys)
	return err
}

func (w *Writer) text(name, s string) {
	w.line = append(w.line, `,"`+name+`":`...)
	w.quoted(s)
}

// quoted appends a JSON string, which no limit of a rendering cuts.
func (w *Writer) quoted(s string) {
	w.line, _ = decode.AppendJSON(w.line, value.NewText(s), value.Limits{Output: int64(6*len(s)) + 2})
}

func (w *Writer) number(name string, n int64) {
	w.line = append(w.line, `,"`+name+`":`...)
	w.line = strconv.AppendInt(w.line, n, 10)
}

// Reader reads what a Writer wrote, a line at a time.
type Reader struct {
	lines   *bufio.Scanner
	line    int
	keys    int
	endMark bool // there must be one
	ended   bool
}

// NewReader reads from r.
func NewReader(r io.Reader) *Reader {
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 0, 64<<10), lineMax)
	return &Reader{lines: s}
}

// scan goes to the next line that is not empty; io.EOF follows the last.
func (r *Reader) scan() error {
	for r.lines.Scan() {
		r.line++
		if len(r.lines.Bytes()) > 0 {
			return nil
		}
	}
	if err := r.lines.Err(); err != nil {
		return fmt.Errorf("line %d: %w", r.line+1, err)
	}
	return io.EOF
}

// Header reads the first line.
func (r *Reader) Header() error {
	err := r.scan()
	if errors.Is(err, io.EOF) {
		return errors.New("the export is empty: not even its header is there")
	}
	if err != nil {
		return err
	}
	var head map[string]any
	if err := json.Unmarshal(r.lines.Bytes(), &head); err != nil || head[mark] == nil {
		return errors.New("line 1 is not the header of a cacheview export; what export --decoded writes is for reading only")
	}
	if head[mark] != float64(format) {
		return fmt.Errorf("this export has the format %v, and only %d is known: a newer cacheview wrote it", head[mark], format)
	}
	r.endMark = head["end_mark"] == true // earlier versions wrote none
	return nil
}

// row is one line but the header.
type row struct {
	Kind   string          `json:"kind"`
	Keys   int             `json:"keys"`
	Key    json.RawMessage `json:"key"`
	KeyB64 *string         `json:"key_b64"`
	Expiry *int64          `json:"expires_at_ms"`
	Dump   string          `json:"dump"`
}

// Next reads a key. Io.EOF follows the last, or a *CutError if the export is not
// whole.
func (r *Reader) Next() (inspect.DumpedKey, error) {
	var s inspect.DumpedKey
	err := r.scan()
	if errors.Is(err, io.EOF) && r.endMark && !r.ended {
		return s, &CutError{r.keys, -1}
	}
	if err != nil {
		return s, err
	}
	if r.ended {
		return s, fmt.Errorf("line %d of the export: it is behind the end mark", r.line)
	}
	var l row
	line := r.lines.Bytes()
	switch err = json.Unmarshal(line, &l); {
	case err != nil && r.endMark && !r.lines.Scan() && r.lines.Err() == nil:
		return s, &CutError{r.keys, -1} // within its last line
	case err != nil:
	case !utf8.Valid(line):
		err = errors.New("not UTF-8: a name of other bytes belongs in key_b64")
	case l.Kind == kindEnd:
		if r.ended = true; l.Keys != r.keys {
			return s, &CutError{r.keys, l.Keys}
		}
		return r.Next() // nothing may follow
	default:
		s, err = l.saved()
	}
	if err != nil {
		return s, fmt.Errorf("line %d of the export: %w", r.line, err)
	}
	r.keys++
	return s, nil
}

func (l *row) saved() (s inspect.DumpedKey, err error) {
	switch {
	case l.KeyB64 != nil:
		s.Key, err = base64.StdEncoding.DecodeString(*l.KeyB64)
	case len(l.Key) > 0 && l.Key[0] == '"':
		s.Key, err = keyOf(l.Key)
	default:
		err = errors.New("no key")
	}
	if err != nil {
		return s, err
	}
	if l.Expiry == nil {
		return s, errors.New("no expires_at_ms")
	}
	if s.Expiry = *l.Expiry; s.Expiry < keyspace.NoExpiry {
		return s, fmt.Errorf("expires_at_ms is %d: it is a Unix time in milliseconds, or -1 for no expiry", s.Expiry)
	}
	if s.Dump, err = base64.StdEncoding.DecodeString(l.Dump); err != nil {
		return s, err
	}
	if s.RDBVersion() == 0 {
		return s, errors.New("no dump")
	}
	return s, nil
}

// keyOf decodes a JSON string. Package json reads half of a surrogate pair as
// U+FFFD, which is another name.
func keyOf(quoted json.RawMessage) ([]byte, error) {
	var text string
	if err := json.Unmarshal(quoted, &text); err != nil {
		return nil, err
	}
	const unknown = "\ufffd"
	lower := strings.ToLower(string(quoted))
	escaped := strings.Count(strings.ReplaceAll(lower, `\\`, ""), `\ufffd`)
	if strings.Count(text, unknown) != strings.Count(lower, unknown)+escaped {
		return nil, errors.New("half of a surrogate pair is not a name: other bytes belong in key_b64")
	}
	return []byte(text), nil
}
