package inspect

import (
	"context"
	"fmt"
	"slices"

	"cacheview/decode"
	"cacheview/decode/keyname"
	"cacheview/decode/value"
	"cacheview/inspect/keyspace"
)

const (
	// sampleHead is how much of a string is read to tell which framework wrote
	// it. What is shorter is decoded.
	sampleHead = 1 << 10
	// sampleMember bounds the mean size of a collection's members: of larger
	// ones none is read.
	sampleMember = 64 << 10
	// sampleMembers is how many members of a list or a set are read, and
	// sampleFields about how many fields of a hash.
	sampleMembers = 3
	sampleFields  = 40
)

// Samples reads what tells which framework wrote each of some keys, for
// keyname.Explain: the beginning of a string, a few members of a collection.
// keys are those of Meta. Of a key that is gone, that may not be read, or whose
// members are large, only the type is known.
func (c *Client) Samples(ctx context.Context, keys []Key) ([]keyname.Sample, error) {
	out := make([]keyname.Sample, len(keys))
	var open []int
	for i, k := range keys {
		if !k.Exists || k.Err != nil || k.Meta.Type == keyspace.UnknownType {
			continue
		}
		out[i].Type = k.Meta.Type.String()
		if _, ok := sampleCommand(k); ok {
			open = append(open, i)
		}
	}
	open, err := c.boundedMembers(ctx, keys, open)
	if err != nil {
		return nil, err
	}
	for batch := range slices.Chunk(open, headBatch) {
		replies, err := c.pipeline(ctx, len(batch), func(i int) []any {
			command, _ := sampleCommand(keys[batch[i]])
			return command
		})
		if err != nil {
			return nil, fmt.Errorf("sample values: %w", err)
		}
		for i, r := range replies {
			at := batch[i]
			sampled(&out[at], keys[at], r)
		}
	}
	return out, nil
}

// sampleCommand is the command that reads a sample of a key.
func sampleCommand(k Key) ([]any, bool) {
	switch k.Meta.Type {
	case keyspace.String:
		return []any{"getrange", k.Name, 0, sampleHead - 1}, true
	case keyspace.List:
		return []any{"lrange", k.Name, 0, sampleMembers - 1}, true
	case keyspace.ZSet:
		return []any{"zrange", k.Name, 0, sampleMembers - 1}, true
	case keyspace.Set:
		return []any{"sscan", k.Name, 0, "count", sampleMembers}, true
	case keyspace.Hash:
		return []any{"hscan", k.Name, 0, "count", sampleFields}, true
	}
	return nil, false
}

// boundedMembers leaves out the collections whose members are large on average.
func (c *Client) boundedMembers(ctx context.Context, keys []Key, open []int) ([]int, error) {
	var large []int
	for _, at := range open {
		if k := keys[at]; k.Meta.Type != keyspace.String && (k.ByLength || k.Meta.Size < 0 || k.Meta.Size > sampleMember) {
			large = append(large, at)
		}
	}
	if len(large) == 0 {
		return open, nil
	}
	refused := map[int]bool{}
	for batch := range slices.Chunk(large, headBatch) {
		replies, err := c.pipeline(ctx, len(batch), func(i int) []any {
			k := keys[batch[i]]
			return []any{lengthOf[k.Meta.Type], k.Name}
		})
		if err != nil {
			return nil, fmt.Errorf("sample values: %w", err)
		}
		for i, r := range replies {
			k := keys[batch[i]]
			n, err := r.number()
			// Without MEMORY USAGE the size is a number of members; the size of
			// one is then unknown, and is taken for that of most caches.
			if err != nil || n == 0 || !k.ByLength && (k.Meta.Size < 0 || k.Meta.Size/n > sampleMember) {
				refused[batch[i]] = true
			}
		}
	}
	return slices.DeleteFunc(open, func(at int) bool { return refused[at] }), nil
}

// sampled fills in a sample from its reply; one that was refused leaves it as it
// is.
func sampled(s *keyname.Sample, k Key, r rawReply) {
	rd := replyReader(r)
	switch k.Meta.Type {
	case keyspace.String:
		if raw, err := rd.text(); err == nil {
			*s = stringSample(k.Name, raw, len(raw) < sampleHead)
		}
	case keyspace.Hash, keyspace.Set:
		if _, err := rd.cursor(); err != nil {
			return
		}
		fallthrough
	default:
		texts, err := rd.texts(nil)
		if err != nil {
			return
		}
		if k.Meta.Type == keyspace.Hash {
			for i := 0; i+1 < len(texts); i += 2 {
				s.Members = append(s.Members, keyname.Member{Field: texts[i], Value: texts[i+1]})
			}
			return
		}
		for _, text := range texts[:min(len(texts), sampleMembers)] {
			s.Members = append(s.Members, keyname.Member{Value: text})
		}
	}
}

// sampleLimits bound the decoding of a sample.
var sampleLimits = value.Limits{Output: 64 << 10, Nodes: 2000}

// stringSample is the sample of a string. Its layers are only known if it was
// read whole.
func stringSample(key, raw []byte, whole bool) keyname.Sample {
	s := keyname.Sample{Type: keyspace.String.String(), Head: raw, Whole: whole}
	if whole && len(raw) > 0 {
		s.Layers = decode.Decode(raw, decode.Options{Key: key, Limits: sampleLimits}).Names()
	}
	return s
}

// windowSample is the sample of a window of a value.
func windowSample(w ValueWindow) keyname.Sample {
	if w.Type == keyspace.String {
		return stringSample(w.Key.Name, w.Raw, int64(len(w.Raw)) >= w.Total)
	}
	s := keyname.Sample{Type: w.Type.String()}
	for _, r := range w.Rows {
		if r.Cut > 0 {
			continue
		}
		s.Members = append(s.Members, keyname.Member{Field: r.Field, Value: r.Value})
	}
	return s
}
