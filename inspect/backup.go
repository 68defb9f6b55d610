package inspect

import (
	"context"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"cacheview/inspect/keyspace"
)

// The reasons why a key is not copied to the undo journal.
var (
	errLimit  = errors.New("no copy was made: the undo limit is reached (undo_limit)")
	errNoDump = errors.New("no copy can be made: this server or user does not have DUMP")
	errEmpty  = errors.New("no copy can be made: DUMP is empty")
)

// copyAll reads DUMP and expiry of items, and compares them with the plan unless
// keys that changed are to be deleted, too. Items get a copy, or an outcome. Its
// error is of the connection, or a refusal that is the same for every key.
func (d *deletion) copyAll(ctx context.Context, ask asker, b *batch, items []*item) error {
	if d.w != nil {
		items = d.copyable(items)
	}
	if len(items) == 0 {
		return nil
	}
	if !b.large && d.c.cluster == nil && d.c.scripted() && allSummed(items) {
		switch err := d.copyByScript(ctx, b, items); {
		case err == nil:
			return nil
		case !isReply(err) && !errors.Is(err, errReply):
			return err
		case refused(err) != nil:
			return err
		}
		// One of the keys, or of the commands: the pipeline shows which.
	}
	return d.copyByPipeline(ctx, ask, b, items)
}

// copyable gives an outcome to the items that are too large.
func (d *deletion) copyable(items []*item) []*item {
	for _, it := range items {
		if it.seen.copySize() > saveKeyMax {
			it.state, it.err = stateUncopied, errTooLarge
		}
	}
	return open(items)
}

func allSummed(items []*item) bool {
	for _, it := range items {
		if !it.seen.sumed {
			return false
		}
	}
	return true
}

func (d *deletion) copyByScript(ctx context.Context, b *batch, items []*item) error {
	reply, err := d.c.runOne(ctx, backupScript, scriptCall{keys: keysOf(items)})
	if err != nil {
		return err
	}
	rd := replyReader(reply)
	if n, err := rd.array(); err != nil || n != 1+2*len(items) {
		return errReply
	}
	now, err := rd.number()
	if err != nil {
		return errReply
	}
	b.skew = time.Now().UnixMilli() - now
	for _, it := range items {
		dump, err := rd.text()
		if err != nil {
			return errReply
		}
		expiry, err := rd.number()
		if err != nil || expiry == -3 {
			return errReply
		}
		d.take(b, it, dump, expiry, fingerprint{})
	}
	d.c.looks.hits.Add(int64(2 * len(items)))
	return nil
}

// copyByPipeline reads each key by commands of its own: DUMP, the expiry, and the
// type and length of keys whose contents the plan does not know.
func (d *deletion) copyByPipeline(ctx context.Context, ask asker, b *batch, items []*item) error {
	expiryName := "pexpiretime"
	if d.c.pttl.Load() {
		expiryName = "pttl"
	}
	commands := [][]any{{"time"}}
	for _, it := range items {
		commands = append(commands, []any{expiryName, it.key})
		if d.w != nil || it.seen.sumed {
			commands = append(commands, []any{"dump", it.key})
		}
		if !it.seen.sumed {
			commands = append(commands, []any{"type", it.key})
			if length := lengthOf[it.seen.typ]; length != "" {
				commands = append(commands, []any{length, it.key})
			}
		}
	}
	replies, err := ask(ctx, len(commands), func(i int) []any { return commands[i] })
	if err != nil {
		return err
	}
	if _, err := replies[1].number(); unsupported(err) && expiryName == "pexpiretime" {
		d.c.pttl.Store(true) // before Redis 7
		return d.copyByPipeline(ctx, ask, b, items)
	}
	clock := replies[0].time()
	b.skew = time.Now().UnixMilli() - clock
	replies = replies[1:]
	next := func() rawReply {
		r := replies[0]
		replies = replies[1:]
		return r
	}
	for _, it := range items {
		expiry, err := next().number()
		if expiryName == "pttl" && expiry >= 0 {
			expiry += clock
		}
		var dump []byte
		dumped := d.w != nil || it.seen.sumed
		if dumped {
			var derr error
			if dump, derr = next().text(); err == nil {
				err = derr
			}
		}
		now := fingerprint{}
		if !it.seen.sumed {
			if typ, terr := next().text(); terr == nil {
				now.typ = keyspace.ParseType(string(typ))
			}
			if lengthOf[it.seen.typ] != "" {
				if n, lerr := next().number(); lerr == nil {
					now.size, now.sized = n, true
				}
			}
		}
		switch {
		case refused(err) != nil:
			return err
		case keyRefused(err):
			it.state, it.err = stateFailed, err
		case err != nil && d.w != nil:
			if unsupported(err) {
				d.c.missDump()
			}
			it.state, it.err = stateUncopied, fmt.Errorf("no copy can be made: %w", err)
		case expiry == -2 || dumped && err == nil && dump == nil:
			it.state = stateGone
		default:
			d.take(b, it, dump, expiry, now)
		}
	}
	return nil
}

// take stores the copy of an item, or gives it an outcome. now has what is known
// of the key besides.
func (d *deletion) take(b *batch, it *item, dump []byte, expiry int64, now fingerprint) {
	switch {
	case expiry == -2 || dump == nil && d.w != nil:
		it.state = stateGone
		return
	case len(dump) == 0 && d.w != nil: // RESTORE would not take it
		it.state, it.err = stateUncopied, errEmpty
		return
	}
	it.dump, it.expiry = dump, expiry
	if len(dump) > 0 {
		it.sha = sha1.Sum(dump)
		now.sum, now.sumed = binary.BigEndian.Uint64(it.sha[:]), true
	}
	now.expiry, now.exact = expiry, it.seen.exact && !d.c.pttl.Load()
	if expiry == -1 {
		now.expiry = keyspace.NoExpiry
	} else if !it.seen.exact {
		now.expiry += b.skew // as the plan has it
	}
	if !d.opt.IncludeChanged && !it.seen.is(now) {
		it.state = stateChanged
	}
}
