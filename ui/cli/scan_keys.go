package cli

import (
	"context"
	"errors"
	"io"

	"cacheview/inspect"
	"cacheview/inspect/keyspace"
)

// maxRemembered is how many names a streamed listing keeps so as to visit none
// twice, which bounds its memory. SCAN repeats keys when the server's table
// shrinks, and then mostly those of its last pages.
const maxRemembered = 100_000

// errEnough ends a listing early.
var errEnough = errors.New("enough keys")

// eachPage calls visit with the names that each step of a scan finds. The names
// stay valid. What visit returns ends the listing; errEnough without an error.
func eachPage(ctx context.Context, c *inspect.Client, opt inspect.ScanOptions, visit func([][]byte, inspect.Progress) error) error {
	idx := keyspace.New(0)
	for scan := c.NewScan(idx, opt); ; {
		page, err := scan.Next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		switch verr := visit(pageNames(idx, page), page.Progress); {
		case errors.Is(verr, errEnough):
			return nil
		case verr != nil:
			return verr
		case err != nil:
			return err
		}
		if idx.Len() > maxRemembered {
			idx.Clear()
		}
	}
}

// pageNames are the names that a page added to the index.
func pageNames(idx *keyspace.Index, page inspect.ScanBatch) [][]byte {
	s := idx.Snapshot()
	names := make([][]byte, 0, page.To-page.From)
	for id := page.From; id < page.To; id++ {
		names = append(names, s.Name(id))
	}
	return names
}
