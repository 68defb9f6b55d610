// Package keyfile is the file that an export writes and an import reads: JSON
// lines, a header with the server's version, then each key with its DUMP in
// base64 and the time at which it expires. It decides nothing about where the
// file is, and reads nothing that it does not know.
package keyfile

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
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
func (w *Writer) Add(s inspect.Saved) error {
	w.line = w.line[:0]
	if w.keys == 0 {
		w.line = append(w.line, `{"`+mark+`":`+strconv.Itoa(format)...)
		w.text("server", w.from.Product+" "+w.from.Version)
		w.number("rdb_version", int64(s.RDBVersion()))
		w.text("address", w.from.Addr)
		w.number("db", int64(w.from.DB))
		w.text("when", w.when.UTC().Format(time.RFC3339))
		w.line = append(w.line, "}\n"...)
	}
	w.line = append(w.line, '{')
	if utf8.Valid(s.Key) {
		w.line = append(w.line, `"key":`...)
		w.quoted(string(s.Key))
	} else {
		w.line = append(w.line, `"key_b64":"`...)
		w.line = base64.StdEncoding.AppendEncode(w.line, s.Key)
		w.line = append(w.line, '"')
	}
	w.number("expires_at_ms", s.Expiry)
	w.line = append(w.line, `,"dump":"`...)
	w.line = base64.StdEncoding.AppendEncode(w.line, s.Dump)
	w.line = append(w.line, "\"}\n"...)
	if _, err := w.w.Write(w.line); err != nil {
		return err
	}
	w.keys++
	return nil
}

func (w *Writer) text(name, s string) {
	w.line = append(w.line, `,"`+name+`":`...)
	w.quoted(s)
}

// quoted appends a JSON string, which no limit of a rendering cuts.
func (w *Writer) quoted(s string) {
	w.line, _ = decode.AppendJSON(w.line, value.OfText(s), value.Limits{Output: int64(6*len(s)) + 2})
}

func (w *Writer) number(name string, n int64) {
	w.line = append(w.line, `,"`+name+`":`...)
	w.line = strconv.AppendInt(w.line, n, 10)
}

// Reader reads what a Writer wrote, a line at a time.
type Reader struct {
	lines *bufio.Scanner
	line  int
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
	return nil
}

// Next reads a key; io.EOF follows the last.
func (r *Reader) Next() (inspect.Saved, error) {
	var s inspect.Saved
	if err := r.scan(); err != nil {
		return s, err
	}
	var row struct {
		Key    *string `json:"key"`
		KeyB64 *string `json:"key_b64"`
		Expiry *int64  `json:"expires_at_ms"`
		Dump   string  `json:"dump"`
	}
	err := json.Unmarshal(r.lines.Bytes(), &row)
	if err != nil {
		return s, fmt.Errorf("line %d of the export: %w", r.line, err)
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
		return s, fmt.Errorf("line %d of the export: %w", r.line, err)
	}
	return s, nil
}
