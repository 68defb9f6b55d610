package keyfile_test

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"cacheview/decode"
	"cacheview/inspect"
	"cacheview/inspect/keyspace"
	"cacheview/ui/keyfile"
)

// TestReaderReadsWhatWriterWrote has names of all sorts, the longest as well.
func TestReaderReadsWhatWriterWrote(t *testing.T) {
	t.Parallel()
	dump := []byte("\x00\x01a\x0a\x00checksum")
	want := []inspect.DumpedKey{
		{Key: []byte("plain"), Dump: dump, Expiry: keyspace.NoExpiry},
		{Key: []byte("\xff\x00 not text"), Dump: dump, Expiry: 1_700_000_000_000},
		{Key: []byte("esc \x1b[31m \u202e \"quoted\" \\ \n"), Dump: dump, Expiry: 5},
		{Key: nil, Dump: dump, Expiry: keyspace.NoExpiry},
		{Key: []byte(strings.Repeat("\x1b", 1<<20)), Dump: dump, Expiry: keyspace.NoExpiry},
	}
	var file bytes.Buffer
	w := keyfile.NewWriter(&file, inspect.Server{Addr: "host\x1b:6379", Product: "Redis", Version: "7.0.15", DB: 3}, time.Unix(0, 0))
	for _, s := range want {
		if err := w.Add(s); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if w.Keys() != len(want) || strings.Count(file.String(), "\n") != len(want)+2 {
		t.Errorf("%d keys in %d lines", w.Keys(), strings.Count(file.String(), "\n"))
	}
	for line := range strings.Lines(file.String()) {
		if line = strings.TrimSuffix(line, "\n"); decode.Printable(line) != line {
			t.Errorf("a line is not safe to print: %.80q", line)
		}
	}
	r := keyfile.NewReader(&file)
	if err := r.Header(); err != nil {
		t.Fatal(err)
	}
	for i, s := range want {
		got, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		if s.Key == nil {
			s.Key = []byte{}
		}
		if !reflect.DeepEqual(s, got) { // cmp.Diff takes long with a name of 1 MB
			t.Errorf("key %d: %.300q, want %.300q", i, got.Key, s.Key)
		}
	}
	if _, err := r.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("after the last: %v", err)
	}
}
