//go:build unix

package inspect_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"cacheview/inspect"
	"cacheview/inspect/journal"
)

// soakOps are the operations that change keys, by how often they are done.
var soakOps = []string{
	"delete", "delete", "delete", "undo", "undo", "replace", "import", "ttl", "ttl", "edit", "rename", "database",
}

// soakDo carries out one operation on keys of the writers. Whether it is done, and
// how much of it, is not asked: the check looks at every key.
func soakDo(ctx context.Context, c *inspect.Client, op string, writers int, rng *rand.Rand) error {
	name := func() []byte { return []byte(soakName(rng.IntN(writers), rng.IntN(soakKeys))) }
	switch op {
	case "delete":
		return soakDelete(ctx, c, writers, name, rng)
	case "database":
		p, err := c.Plan(ctx, inspect.Selection{All: true}, nil)
		if err == nil {
			_, err = c.Delete(ctx, p, inspect.DeleteOptions{Confirmed: p.Server.Name(), IncludeChanged: rng.IntN(2) == 0})
		}
		return err
	case "undo", "replace":
		return soakUndo(ctx, c, op == "replace", rng)
	case "import":
		return soakImport(ctx, c, name, rng)
	case "ttl":
		p, err := c.Plan(ctx, soakSelection(writers, name, rng), nil)
		if err != nil {
			return err
		}
		long := 4_000_000 * time.Millisecond
		change := []inspect.TTLChange{{To: long}, {Add: long}, {Persist: true}, {To: 200 * time.Millisecond}}[rng.IntN(4)]
		_, err = c.ChangeTTL(ctx, p, change, nil)
		return err
	case "edit":
		key := name()
		w, err := c.Read(ctx, key, inspect.ReadOptions{})
		if err != nil || w.Truncated || w.Raw == nil {
			return err
		}
		_, err = c.Replace(ctx, key, w.Raw, fmt.Appendf(nil, "%d", rng.IntN(1_000_000)))
		return err
	case "rename":
		key := name()
		_, err := c.Rename(ctx, key, append(key, ":moved"...))
		return err
	}
	return errors.New(op)
}

func soakSelection(writers int, name func() []byte, rng *rand.Rand) inspect.Selection {
	switch rng.IntN(3) {
	case 0:
		return inspect.Selection{Prefix: fmt.Appendf(nil, "w:%d:", rng.IntN(writers))}
	case 1:
		return inspect.Selection{Glob: fmt.Sprintf("w:*[%d%d]", rng.IntN(10), rng.IntN(10))}
	}
	var keys [][]byte
	for range 1 + rng.IntN(40) {
		keys = append(keys, name())
	}
	return inspect.Selection{Keys: keys}
}

func soakDelete(ctx context.Context, c *inspect.Client, writers int, name func() []byte, rng *rand.Rand) error {
	p, err := c.Plan(ctx, soakSelection(writers, name, rng), nil)
	if err == nil {
		_, err = c.Delete(ctx, p, inspect.DeleteOptions{IncludeChanged: rng.IntN(2) == 0})
	}
	return err
}

func soakUndo(ctx context.Context, c *inspect.Client, replace bool, rng *rand.Rand) error {
	id := ""
	if all, err := c.Journals(ctx); err != nil {
		return err
	} else if len(all) > 0 && rng.IntN(2) == 0 {
		id = all[rng.IntN(min(len(all), 10))].ID
	}
	_, err := c.Undo(ctx, id, inspect.UndoOptions{Replace: replace, Anyway: true})
	return err
}

// soakImport imports the values of some keys under the names of others.
func soakImport(ctx context.Context, c *inspect.Client, name func() []byte, rng *rand.Rand) error {
	var keys [][]byte
	for range 20 {
		keys = append(keys, name())
	}
	var saved []inspect.DumpedKey
	err := c.Export(ctx, keys, func(s inspect.DumpedKey) error {
		s.Key = name()
		saved = append(saved, s)
		return nil
	}, func(inspect.KeyError) {})
	if err != nil {
		return err
	}
	_, err = c.Import(ctx, func() (inspect.DumpedKey, error) {
		if len(saved) == 0 {
			return inspect.DumpedKey{}, io.EOF
		}
		s := saved[0]
		saved = saved[1:]
		return s, nil
	}, inspect.ImportOptions{Replace: rng.IntN(2) == 0})
	return err
}

// soakExpected reports whether an operation may end with an error, by what the
// test does to it.
func soakExpected(err error) bool {
	for _, e := range []error{
		inspect.ErrNoJournal, inspect.ErrChanged, inspect.ErrNoKey, inspect.ErrExists, errDiskFull, journal.ErrNotJournal,
	} {
		if errors.Is(err, e) {
			return true
		}
	}
	return err == nil || inspect.IsDisconnected(err)
}
