package cli

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"

	"cacheview/decode"
	"cacheview/inspect"
	"cacheview/inspect/keyspace"
)

// maxURLs is how many addresses a file may have, and maxURLsFile how large it may
// be.
const (
	maxURLs     = 200_000
	maxURLsFile = 64 << 20
)

const urlsHelp = "file with URLs of cached pages, one a line"

// frameworks lists all keys and fills the indexes of the frameworks.
func (a *app) frameworks(ctx context.Context, c *inspect.Client) (*inspect.Frameworks, error) {
	snap, err := a.listing(ctx, c, nil)
	if err != nil {
		return nil, err
	}
	return c.Frameworks(ctx, snap)
}

// readURLs reads a file with an address or a path on each line.
func readURLs(path string) ([]string, error) {
	if path == "" {
		return nil, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if st, err := file.Stat(); err == nil && st.Size() > maxURLsFile {
		return nil, usagef("--urls: %s has more than %d bytes", path, maxURLsFile)
	}
	var list []string
	lines := bufio.NewScanner(file)
	for lines.Scan() && len(list) < maxURLs {
		if line := strings.TrimSpace(lines.Text()); line != "" && !strings.HasPrefix(line, "#") {
			list = append(list, line)
		}
	}
	return list, lines.Err()
}

// findOthers writes the keys that a page or a call has in the other frameworks, and
// reports whether one of them exists.
func (a *app) findOthers(ctx context.Context, c *inspect.Client, snap *keyspace.Snapshot, w *bufio.Writer, f explainFlags) (exists bool, err error) {
	if !inspect.IsForeignCall(f.find) {
		return false, nil
	}
	all, err := c.Frameworks(ctx, snap)
	if err != nil {
		return false, err
	}
	list, _ := all.Find(f.find)
	for _, k := range list {
		exists = exists || k.Exists
		text := foundText
		if f.json {
			text = foundObject
		}
		if _, err := w.Write(text(k)); err != nil {
			return false, err
		}
	}
	return exists, nil
}

// foundText and foundObject write a key of a page for people and as JSON.
func foundText(k inspect.Found) []byte {
	is := "not there"
	if k.Exists {
		is = "there"
	}
	return fmt.Appendf(nil, "%-8s %s\n         %s, %s\n", is, named(k.Key), decode.Printable(k.Call), decode.Printable(k.Rule))
}

func foundObject(k inspect.Found) []byte {
	var o object
	o.key("key", k.Key)
	o.bool("exists", k.Exists)
	o.bool("stale", false)
	o.bool("did_you_mean", false)
	o.text("call", k.Call)
	o.text("rule", k.Rule)
	o.bool("certain", k.Grade.Certain())
	o.text("reason", k.Reason)
	o.known("invalidate", k.Invalidate)
	return o.line()
}
