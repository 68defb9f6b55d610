package inspect

import (
	"context"
	"strconv"
	"time"
)

const (
	maxGroups    = 50 // groups of a stream that are read
	maxConsumers = 50 // consumers of all groups together
)

// groups reads the consumer groups of a stream. A server that has none, or a
// user who may not ask, is no error: a Fact says so.
func (v *valueReader) groups(ctx context.Context) error {
	list, err := v.records(ctx, "xinfo", "groups", v.name)
	if err != nil || list == nil {
		return v.optional(err, "groups")
	}
	left := maxConsumers
	for i, m := range list {
		if i == maxGroups {
			v.fact("groups", "the first "+strconv.Itoa(maxGroups)+" of "+strconv.Itoa(len(list)))
			break
		}
		g := StreamGroup{Name: m["name"], LastDelivered: m["last-delivered-id"], Pending: number(m["pending"], 0), Lag: number(m["lag"], -1)}
		have := number(m["consumers"], 0)
		if have > 0 && left > 0 {
			consumers, err := v.records(ctx, "xinfo", "consumers", v.name, g.Name)
			if err != nil {
				return v.optional(err, "consumers")
			}
			for _, m := range consumers[:min(len(consumers), left)] {
				g.Consumers = append(g.Consumers, StreamConsumer{
					Name: m["name"], Pending: number(m["pending"], 0),
					Idle: time.Duration(min(number(m["idle"], 0), maxIdle)) * time.Millisecond,
				})
			}
			left -= len(g.Consumers)
		}
		g.MoreConsumers = max(have-int64(len(g.Consumers)), 0)
		v.w.Groups = append(v.w.Groups, g)
	}
	return nil
}

// maxIdle bounds an idle time, in milliseconds, to what a duration holds.
const maxIdle = 1 << 43

// optional turns the refusal of a command that only adds to a value into a
// Fact. Any other error stays.
func (v *valueReader) optional(err error, what string) error {
	switch {
	case err == nil:
		return nil
	case isReply(err):
		v.fact(what, "unknown: "+replyText(err))
		return nil
	}
	return err
}

// records reads a reply that is a list of maps of texts and numbers.
func (v *valueReader) records(ctx context.Context, args ...any) ([]map[string]string, error) {
	r, err := v.ask(ctx, args...)
	if err != nil {
		return nil, err
	}
	var list []map[string]string
	for range r.array() {
		m := map[string]string{}
		for range r.array() / 2 {
			name := string(r.text().text)
			m[name] = r.flat(0)
		}
		list = append(list, m)
	}
	return list, r.err
}

// number returns the number that a text is, or what stands for none.
func number(text string, none int64) int64 {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	return none
}

// fact adds a fact.
func (v *valueReader) fact(name, text string) {
	v.w.Facts = append(v.w.Facts, Fact{name, text})
}
