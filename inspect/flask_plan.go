package inspect

import (
	"context"
	"slices"

	"cacheview/inspect/flask"
	"cacheview/inspect/keyspace"
)

// PlanInvalidation plans what makes every call of a function run again: deleting
// its version, as Flask-Caching's delete_memoized_verhash does. The library's
// delete_memoized writes a new version instead, with the app's default timeout;
// the next call here writes one with the function's own. Neither removes the
// stored results, which can then only expire: Plan.Entries says how many and
// Plan.EntriesBytes how large they are, and withEntries plans to remove those
// that exist now, too.
//
// function is what Flask.Function takes. When the version has been renewed
// since f was made, the entries are looked for on the server again. An error
// may be a *FunctionError or a *ProtectedError.
func (c *Client) PlanInvalidation(ctx context.Context, f *FlaskIndex, function string, withEntries bool) (*Plan, error) {
	fn, err := f.Named(function)
	if err != nil {
		return nil, err
	}
	p := &Plan{Server: c.Server(), Types: map[keyspace.Type]int{}}
	p.Description = "version of " + fn.FullName()
	p.Keys = once([][]byte{fn.Memver})
	entries, err := c.dependents(ctx, f, fn)
	if err != nil && (withEntries || fn.Unreadable == "" || IsDisconnected(err)) {
		return nil, err
	}
	if withEntries {
		p.Description += " and its results"
		p.Keys = once(append(p.Keys, entries...))
	} else if err := c.leave(ctx, p, entries); err != nil {
		return nil, err
	}
	return c.planKeys(ctx, p, nil)
}

// dependents returns the entries that become stale with a version.
func (c *Client) dependents(ctx context.Context, f *FlaskIndex, fn FlaskFunction) ([][]byte, error) {
	now, err := flask.VersionNow(ctx, c, fn.Memver)
	if err != nil {
		return nil, err
	}
	if now == "" || now == fn.Version {
		return f.EntriesOf(fn), nil
	}
	// A new version: its entries are not in the snapshot.
	names, err := c.list(ctx, ScanOptions{Prefix: []byte(fn.Prefix), Match: EscapeGlob([]byte(fn.Prefix)) + "*" + EscapeGlob([]byte(now)) + "*"}, nil)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(names, func(name []byte) bool { return !fn.Holds(name, now) }), nil
}

// PlanStale plans to remove the results of which it is proven that no call can
// reach them, see flask.Index.Status. It does not rely on what f knew: it lists
// the version keys on the server again, which takes a whole scan, and a result
// is planned only if it is proven to be stale by these as well. Keys that are
// possibly left over are never planned. progress may be nil.
func (c *Client) PlanStale(ctx context.Context, f *FlaskIndex, progress func(Progress)) (*Plan, error) {
	names, err := c.list(ctx, ScanOptions{Match: "*" + flask.VersionEnd}, progress)
	if err != nil {
		return nil, err
	}
	stale, err := f.ConfirmStale(ctx, c, names)
	if err != nil {
		return nil, err
	}
	p := &Plan{Server: c.Server(), Types: map[keyspace.Type]int{}, Description: "stale results, which no call can reach", Keys: once(stale)}
	return c.planKeys(ctx, p, nil)
}
