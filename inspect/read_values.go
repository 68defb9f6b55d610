package inspect

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"cacheview/inspect/keyspace"
)

// valueReader reads one window of one value; its methods are the types.
type valueReader struct {
	c    *Client
	name []byte
	opt  ReadOptions
	w    *ValueWindow
}

// ask sends one command and returns its reply, with long strings cut. Its error
// is [Window.goneError] when the key was not there any more after it.
func (v *valueReader) ask(ctx context.Context, args ...any) (*tokenReader, error) {
	r, err := v.askOn(ctx, v.c.cmdable(), false, args)
	for range maxRedirects {
		to, ok := redirectOf(err)
		if !ok || v.c.cluster == nil {
			break
		}
		nodes, merr := v.c.masters(ctx)
		if merr != nil {
			return nil, merr
		}
		node, ok := nodeAt(nodes, to.addr)
		if !ok {
			break
		}
		r, err = v.askOn(ctx, node, to.ask, args)
	}
	return r, err
}

// askOn is ask at one node, which may first have to be told that it was ASKed.
func (v *valueReader) askOn(ctx context.Context, node redis.UniversalClient, asking bool, args []any) (*tokenReader, error) {
	cut := &cutter{field: v.opt.Limit, total: windowTotal * v.opt.Limit}
	cmd := redis.NewRawWriteToCmd(ctx, cut, args...)
	var typ *redis.Cmd
	_, err := node.Pipelined(ctx, func(p redis.Pipeliner) error {
		if asking {
			p.Do(ctx, "asking")
		}
		if err := p.Process(ctx, cmd); err != nil {
			return err
		}
		if asking {
			p.Do(ctx, "asking")
		}
		typ = p.Do(ctx, "type", v.name)
		return typ.Err()
	})
	if err != nil && !isReply(err) {
		return nil, err
	}
	if err := cmp.Or(cmd.Err(), typ.Err()); err != nil {
		return nil, err
	}
	r := cut.reader()
	if len(r.rest) > 0 && r.rest[0].kind == '-' {
		r.next()
		return nil, r.err
	}
	switch word, err := typ.Text(); {
	case err != nil:
		return nil, err
	case word == "none":
		return nil, v.w.goneError()
	case word != v.w.Type.String() && v.w.Type != keyspace.Other:
		return nil, errReplaced
	}
	return r, nil
}

// total asks for the number of members, or bytes.
func (v *valueReader) total(ctx context.Context, command string) error {
	r, err := v.ask(ctx, command, v.name)
	if err != nil {
		return err
	}
	v.w.Total = r.next().n
	return r.err
}

// rows is how many members to ask for: fewer when they are large on average.
func (v *valueReader) rows() int64 {
	rows := int64(v.opt.Rows)
	size := v.w.Key.Meta.Size
	if v.w.Key.ByLength || size <= 0 || v.w.Total <= 0 {
		return rows
	}
	return max(1, min(rows, windowTraffic/max(1, size/v.w.Total)))
}

func (v *valueReader) str(ctx context.Context) error {
	if err := v.total(ctx, "strlen"); err != nil {
		return err
	}
	from := v.opt.From.offset
	r, err := v.ask(ctx, "getrange", v.name, from, from+v.opt.Limit-1)
	if err != nil {
		return err
	}
	v.w.Raw = r.text().text
	v.w.Next.offset = from + int64(len(v.w.Raw))
	v.w.More = v.w.Next.offset < v.w.Total && len(v.w.Raw) > 0
	return r.err
}

// jsonMax is the size of a document, in memory, that the server is still asked
// to write down: it does so as a whole.
const jsonMax = 64 << 20

func (v *valueReader) json(ctx context.Context) error {
	if v.w.Key.Meta.Size > jsonMax {
		v.w.Module = v.w.Type.String()
		return v.jsonFacts(ctx)
	}
	r, err := v.ask(ctx, "json.get", v.name)
	if isReply(err) && !errors.Is(err, ErrNoKey) && !redis.HasErrorPrefix(err, "WRONGTYPE") {
		v.w.Module = v.w.Type.String()
		v.fact("json.get", replyText(err))
		return v.jsonFacts(ctx)
	}
	if err != nil {
		return err
	}
	t := r.text()
	v.w.Raw, v.w.Total = t.text, t.n
	return r.err
}

// scan reads a hash or a set by its cursor; each member has width strings.
func (v *valueReader) scan(ctx context.Context, length, command string, width int64) error {
	if err := v.total(ctx, length); err != nil {
		return err
	}
	rows := v.rows()
	cursor := v.opt.From.scan
	for {
		r, err := v.ask(ctx, command, v.name, strconv.FormatUint(cursor, 10), "count", rows)
		if err != nil {
			return err
		}
		r.array()
		if cursor, err = strconv.ParseUint(string(r.text().text), 10, 64); err != nil {
			return fmt.Errorf("%s: %w", command, errReply)
		}
		for range r.array() / width {
			var row Member
			if width == 2 {
				f := r.text()
				row.Field, row.Cut = f.text, f.cut()
			}
			value := r.text()
			row.Value, row.Cut = value.text, row.Cut+value.cut()
			v.w.Rows = append(v.w.Rows, row)
		}
		if r.err != nil {
			return r.err
		}
		v.w.Next.scan, v.w.More = cursor, cursor != 0
		// A page of a sparse table may be empty, and is not the end.
		if cursor == 0 || len(v.w.Rows) > 0 || ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

func (v *valueReader) list(ctx context.Context) error {
	if err := v.total(ctx, "llen"); err != nil {
		return err
	}
	from := v.opt.From.offset
	r, err := v.ask(ctx, "lrange", v.name, from, from+v.rows()-1)
	if err != nil {
		return err
	}
	n := r.array()
	for i := range n {
		t := r.text()
		v.w.Rows = append(v.w.Rows, Member{Value: t.text, Index: from + i, Cut: t.cut()})
	}
	v.further(from + n)
	return r.err
}

func (v *valueReader) zset(ctx context.Context) error {
	if err := v.total(ctx, "zcard"); err != nil {
		return err
	}
	from := v.opt.From.offset
	args := []any{"zrange", v.name, from, from + v.rows() - 1, "withscores"}
	if v.opt.Descending {
		args[0] = "zrevrange"
	}
	r, err := v.ask(ctx, args...)
	if err != nil {
		return err
	}
	n := r.array()
	// RESP3 has pairs, RESP2 one flat list.
	paired := len(r.rest) > 0 && r.rest[0].kind == '*'
	if !paired {
		n /= 2
	}
	for range n {
		if paired {
			r.array()
		}
		t := r.text()
		text := string(r.text().text)
		score, err := strconv.ParseFloat(text, 64)
		if err != nil && r.err == nil {
			return fmt.Errorf("zrange: %w", errReply)
		}
		row := Member{Value: t.text, Score: score, Cut: t.cut()}
		if math.Abs(score) >= 1<<53 && !math.IsInf(score, 0) {
			row.ScoreText = text
		}
		v.w.Rows = append(v.w.Rows, row)
	}
	v.further(from + n)
	return r.err
}

// further sets where the next window of a list or a zset begins.
func (v *valueReader) further(offset int64) {
	v.w.Next.offset = offset
	v.w.More = offset < v.w.Total && len(v.w.Rows) > 0
}

func (v *valueReader) stream(ctx context.Context) error {
	if err := v.total(ctx, "xlen"); err != nil {
		return err
	}
	start := "-"
	if v.opt.From.last != "" {
		start = after(v.opt.From.last)
	}
	rows := v.rows()
	// One more than is shown tells whether there are more.
	r, err := v.ask(ctx, "xrange", v.name, start, "+", "count", rows+1)
	if err != nil {
		return err
	}
	for range r.array() {
		r.array()
		row := Member{Field: r.text().text}
		for range r.array() {
			t := r.text()
			row.Pairs = append(row.Pairs, t.text)
			row.Cut += t.cut()
		}
		if int64(len(v.w.Rows)) == rows {
			v.w.More = true
			break
		}
		v.w.Rows = append(v.w.Rows, row)
		v.w.Next.last = string(row.Field)
	}
	return r.err
}

// after returns the smallest stream id behind id. Redis 6.2 has "(" for it,
// older ones have not.
func after(id string) string {
	ms, seq, _ := strings.Cut(id, "-")
	m, _ := strconv.ParseUint(ms, 10, 64)
	s, _ := strconv.ParseUint(seq, 10, 64)
	if s++; s == 0 {
		m++
	}
	return strconv.FormatUint(m, 10) + "-" + strconv.FormatUint(s, 10)
}
