// Package config is the configuration file: it reads TOML text into a typed
// File and says, with file, line and key, what in it cannot be meant.
//
// It is pure. It opens no file, asks no server, looks up no environment
// variable and runs no command: whoever needs the password behind a
// password_command runs it. What a flag of the command line may hold is the
// command line's to check.
package config

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
)

// File is a configuration file. What it does not say has its zero value.
type File struct {
	Path string // as in errors; "" where there is no file
	// Settings are the values of flags by the flag's name (read-only, not
	// read_only), in the form that the command line takes.
	Settings map[string]string
	// Secret is the password of the server that Settings say.
	Secret Secret
	// Delimiters end a segment of a key's name in the tree, one byte each.
	Delimiters []string
	// Protected are literal prefixes of keys that are never deleted.
	Protected []string
	// KeyPrefixes are values of CACHE_KEY_PREFIX that Flask apps have.
	KeyPrefixes []string
	// UndoLimit is how many bytes one delete may keep for undo: 0 where the
	// file does not say, less than 0 for none.
	UndoLimit int64
	// UndoDays is how long a delete can be undone; 0 where the file does not
	// say.
	UndoDays int
	// Keys are the keys of each action, by the action's name.
	Keys map[string][]string
	// Decoders are programs that read values, in the order of the file.
	Decoders []Decoder
	// Connections are the saved servers by name.
	Connections map[string]Connection

	lines lines
}

// Decoder is a program that reads the values of some keys: a value on its
// standard input, text for people on its standard output.
type Decoder struct {
	Match   string        // a glob over the key
	Command []string      // the program and its arguments; no shell
	Timeout time.Duration // DefaultDecoderTimeout where the file does not say
}

// DefaultDecoderTimeout is how long a Decoder may take.
const DefaultDecoderTimeout = 2 * time.Second

// Parse reads a configuration file. path stands in errors, flags are the names
// of the flags that may be set from the file. Every error is an *Error; several
// are joined, in the order of the file.
func Parse(path, text string, flags []string) (*File, error) {
	var raw map[string]any
	if _, err := toml.Decode(text, &raw); err != nil {
		e := &Error{Path: path, Problem: err.Error()}
		if at, ok := errors.AsType[toml.ParseError](err); ok {
			e.Line, e.Problem = at.Position.Line, at.Message
		}
		return nil, e
	}
	f := &File{Path: path, lines: findLines(text)}
	var found []*Error
	f.read(&table{values: raw, report: func(problem string, key ...string) {
		found = append(found, f.Errorf(problem, key...))
	}}, flags)
	if len(found) == 0 {
		return f, nil
	}
	slices.SortStableFunc(found, func(a, b *Error) int { return a.Line - b.Line })
	all := make([]error, len(found))
	for i, e := range found {
		all[i] = e
	}
	return nil, errors.Join(all...)
}

// Errorf is an *Error about a key of the file, such as "keys", "delete", for
// what can only be checked by whoever uses it.
func (f *File) Errorf(problem string, key ...string) *Error {
	return &Error{Path: f.Path, Line: f.lines.of(key), Key: strings.Join(key, "."), Problem: problem}
}

// SettingNames lists every key that a file may have beside the flags, as
// connections.NAME.url, sorted.
func SettingNames() []string {
	var all []string
	t := &table{known: &all, report: func(string, ...string) {}}
	new(File).read(t, nil)
	slices.Sort(all)
	return slices.Compact(all)
}

func (f *File) read(t *table, flags []string) {
	f.Settings = map[string]string{}
	for _, flag := range flags {
		if text, ok := t.scalar(strings.ReplaceAll(flag, "-", "_")); ok {
			f.Settings[flag] = text
		}
	}
	f.Secret = readSecret(t)
	f.Delimiters = readDelimiters(t)
	f.Protected = t.texts("protected")
	f.KeyPrefixes = t.texts("key_prefix")
	f.UndoLimit = t.size("undo_limit")
	f.UndoDays = t.count("undo_days")
	f.Keys = map[string][]string{}
	if keys := t.table("keys"); keys != nil {
		for _, action := range keys.names() {
			f.Keys[action] = keys.texts(action)
		}
		keys.note("ACTION")
	}
	f.Decoders = readDecoders(t)
	f.Connections = map[string]Connection{}
	if saved := t.table("connections"); saved != nil {
		for _, name := range saved.names() {
			if c := saved.table(name); c != nil {
				f.Connections[name] = readConnection(c)
			}
		}
		if t.known != nil {
			readConnection(saved.table("NAME"))
		}
	}
	t.done()
}

func readDecoders(t *table) []Decoder {
	var all []Decoder
	for _, d := range t.tables("decoder") {
		all = append(all, readDecoder(d))
	}
	return all
}

func readDecoder(t *table) Decoder {
	d := Decoder{Match: t.text("match"), Command: t.texts("command"), Timeout: t.duration("timeout")}
	if d.Timeout == 0 {
		d.Timeout = DefaultDecoderTimeout
	}
	if d.Match == "" {
		t.wrong("match", `a decoder needs a glob over the key, such as "proto:*"`)
	}
	if len(d.Command) == 0 || d.Command[0] == "" {
		t.wrong("command", `a decoder needs a command, such as ["protoc", "--decode_raw"]`)
	}
	t.done()
	return d
}

// readDelimiters wants single bytes: that is what a tree is cut at.
func readDelimiters(t *table) []string {
	all := t.texts("delimiters")
	for _, d := range all {
		if len(d) != 1 {
			t.wrong("delimiters", `a delimiter is a single ASCII character, as in [":", "/"]`)
			return nil
		}
	}
	return all
}
