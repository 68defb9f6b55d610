package inspect

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"

	"cacheview/inspect/inspecttest"
	"cacheview/inspect/journal"
)

// order is what happened to the file of a journal and at the server, one after
// the other. It is a file that takes note, and a hook on every command.
type order struct {
	mu       sync.Mutex
	written  bytes.Buffer
	synced   int // bytes of written that are on the disk
	unlinked []string
	early    []string // what was sent before its key was on the disk
	syncs    int
}

type notedFile struct {
	journal.File
	order *order
}

func (f notedFile) WriteAt(b []byte, at int64) (int, error) {
	f.order.mu.Lock()
	defer f.order.mu.Unlock()
	f.order.written.Write(b)
	return f.File.WriteAt(b, at)
}

func (f notedFile) Sync() error {
	f.order.mu.Lock()
	n := f.order.written.Len() // what comes while it is under way is not promised
	f.order.mu.Unlock()
	err := f.File.Sync()
	f.order.mu.Lock()
	defer f.order.mu.Unlock()
	f.order.synced = n
	f.order.syncs++
	return err
}

// sends notes the keys of a command that deletes or overwrites keys.
func (o *order) sends(cmd redis.Cmder) {
	args := cmd.Args()
	var keys []any
	switch name := fmt.Sprint(args[0]); name {
	case "unlink", "del":
		keys = args[1:]
	case "set":
		keys = args[1:2]
	case "restore":
		if len(args) > 5 { // REPLACE
			keys = args[1:2]
		}
	case "evalsha", "eval":
		n := args[2].(int)
		rest := args[3+n:]
		is := func(s script) bool { return args[1] == s.sha || args[1] == s.text }
		if is(deleteScript) && rest[0] != "" || is(undoScript) && rest[0] == "swap" {
			keys = args[3 : 3+n]
		}
	}
	if len(keys) == 0 {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	safe := o.written.Bytes()[:o.synced]
	for _, k := range keys {
		key := k.([]byte)
		o.unlinked = append(o.unlinked, string(key))
		if !bytes.Contains(safe, append([]byte{byte(len(key))}, key...)) {
			o.early = append(o.early, string(key))
		}
	}
}

func (o *order) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

func (o *order) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		o.sends(cmd)
		return next(ctx, cmd)
	}
}

func (o *order) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		for _, cmd := range cmds {
			o.sends(cmd)
		}
		return next(ctx, cmds)
	}
}

// TestKeysAreOnTheDiskBeforeTheyDie has every command that takes a key away, or
// writes over it, look whether the key was in the journal, and the journal on the
// disk (fsync), before it was sent.
func TestKeysAreOnTheDiskBeforeTheyDie(t *testing.T) {
	t.Parallel()
	const n = 5000
	name := func(i int) string { return fmt.Sprintf("key:%04d", i) }
	for what, tt := range map[string]struct {
		do   func(ctx context.Context, c *Client) error
		keys int
	}{
		"delete": {keys: n, do: func(ctx context.Context, c *Client) error {
			p, err := c.Plan(ctx, Selection{Glob: "*"}, nil)
			if err == nil {
				_, err = c.Delete(ctx, p, DeleteOptions{})
			}
			return err
		}},
		"whatever they are": {keys: n, do: func(ctx context.Context, c *Client) error {
			p, err := c.Plan(ctx, Selection{Glob: "*"}, nil)
			if err == nil {
				_, err = c.Delete(ctx, p, DeleteOptions{IncludeChanged: true})
			}
			return err
		}},
		"database": {keys: n, do: func(ctx context.Context, c *Client) error {
			p, err := c.Plan(ctx, Selection{All: true}, nil)
			if err == nil {
				_, err = c.Delete(ctx, p, DeleteOptions{Confirmed: c.Server().Name()})
			}
			return err
		}},
		"edit": {keys: 1, do: func(ctx context.Context, c *Client) error {
			_, err := c.Replace(ctx, []byte(name(7)), []byte("value"), []byte("new"))
			return err
		}},
		"undo over others": {keys: 20 + 20 + 20, do: func(ctx context.Context, c *Client) error {
			var keys [][]byte
			for i := range 20 {
				keys = append(keys, []byte(name(i)))
			}
			p, err := c.Plan(ctx, Selection{Keys: keys}, nil)
			if err != nil {
				return err
			}
			report, err := c.Delete(ctx, p, DeleteOptions{})
			if err != nil {
				return err
			}
			if _, err = c.Undo(ctx, report.Undo, UndoOptions{}); err != nil {
				return err
			}
			for _, k := range keys {
				if _, err = c.Replace(ctx, k, []byte("value"), []byte("other")); err != nil {
					return err
				}
			}
			_, err = c.Undo(ctx, report.Undo, UndoOptions{Replace: true})
			return err
		}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			srv := inspecttest.Start(t)
			srv.Fill(0, n, name, "value")
			c, err := Open(t.Context(), Config{URL: srv.URL(0), StateDir: t.TempDir()})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			o := new(order)
			c.one.AddHook(o)
			c.newFile = func(path string) (journal.File, error) {
				f, err := journal.CreatePrivate(path)
				// Each journal has to have its own keys on the disk.
				o.mu.Lock()
				defer o.mu.Unlock()
				o.written.Reset()
				o.synced = 0
				return notedFile{f, o}, err
			}
			if err := tt.do(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			if len(o.unlinked) < tt.keys || // a script that the server does not have is sent twice
				o.syncs == 0 {
				t.Errorf("%d keys were taken, want %d; %d times synced", len(o.unlinked), tt.keys, o.syncs)
			}
			if len(o.early) > 0 {
				t.Errorf("%d of %d were not on the disk: %s", len(o.early), len(o.unlinked), strings.Join(o.early[:min(5, len(o.early))], " "))
			}
		})
	}
}
