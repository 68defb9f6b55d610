package cli

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"strconv"
	"time"

	"cacheview/decode"
	"cacheview/inspect"
	"cacheview/inspect/keyspace"
)

// The formats of export.
const (
	formatJSONL    = "jsonl"
	formatCommands = "redis-commands"
	formatCSV      = "csv"
)

var exportFormats = []string{formatJSONL, formatCommands, formatCSV}

// quotedForCLI writes bytes as redis-cli reads an argument.
func quotedForCLI(b []byte) string {
	out := make([]byte, 0, len(b)+2)
	out = append(out, '"')
	for _, c := range b {
		switch {
		case c == '"' || c == '\\':
			out = append(out, '\\', c)
		case c < 0x20 || c >= 0x7f:
			out = fmt.Appendf(out, `\x%02x`, c)
		default:
			out = append(out, c)
		}
	}
	return string(append(out, '"'))
}

// restoreCommand writes the command that restores a key, for redis-cli.
func (e *exporter) restoreCommand(s inspect.DumpedKey) error {
	e.written++
	_, err := fmt.Fprintf(e.w, "RESTORE %s %d %s ABSTTL\n", quotedForCLI(s.Key), max(s.Expiry, 0), quotedForCLI(s.Dump))
	return err
}

// csvRows writes a row for each key: its printed name, type, TTL, size and decoded
// value.
func (e *exporter) csvRows(ctx context.Context, names [][]byte) error {
	w := csv.NewWriter(e.w)
	for _, name := range names {
		v, err := readWhole(ctx, e.c, name, defaultMaxBytes)
		switch {
		case errors.Is(err, inspect.ErrNoKey):
			continue
		case ctx.Err() != nil, inspect.IsDisconnected(err):
			return err
		case err != nil:
			e.fail(inspect.KeyError{Op: "read", Key: name, Err: err})
			continue
		}
		if e.written == 0 {
			if err := w.Write([]string{"key", "type", "ttl_ms", "bytes", "value"}); err != nil {
				return err
			}
		}
		ttl, size := "", ""
		switch at := v.key.Meta.Expiry; {
		case at == keyspace.NoExpiry:
			ttl = "-1"
		case at > 0:
			ttl = strconv.FormatInt(max(keyspace.TTLAt(at, time.Now()).Milliseconds(), 0), 10)
		}
		if v.key.Meta.Size >= 0 {
			size = strconv.FormatInt(v.key.Meta.Size, 10)
		}
		r := v.decode("")
		text, err := decode.AppendJSON(nil, r.Value, r.RenderLimits())
		if err != nil || v.truncated {
			e.fail(inspect.KeyError{Op: "write", Key: name, Err: errors.New("only the beginning of the value was written")})
		}
		if err := w.Write([]string{named(name), v.key.Meta.Type.String(), ttl, size, string(text)}); err != nil {
			return err
		}
		e.written++
	}
	w.Flush()
	return w.Error()
}
