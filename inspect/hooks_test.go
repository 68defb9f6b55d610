package inspect

import (
	"github.com/redis/go-redis/v9"

	"cacheview/inspect/journal"
)

// WrapJournals has tests write the journals of c through files of their own.
func WrapJournals(c *Client, wrap func(journal.File) journal.File) {
	c.newFile = func(path string) (journal.File, error) {
		f, err := journal.CreatePrivate(path)
		if err != nil {
			return nil, err
		}
		return wrap(f), nil
	}
}

// AddHook has tests see every command of c, which is not a cluster's.
func AddHook(c *Client, h redis.Hook) { c.one.AddHook(h) }
