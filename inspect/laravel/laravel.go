// Package laravel finds the tags behind the keys of Laravel's cache.
//
// An item that was stored with tags has the name PREFIX:SHA1:KEY. The hash is of
// the identifiers of its tags, in their order, joined by "|". Up to Laravel 9 an
// identifier is a random text, the value of tag:NAME:key, which a flush renews;
// and sets named IDENTIFIER:standard_ref list the items. From Laravel 10 it is the
// name tag:NAME:entries of a sorted set that lists them
// (Illuminate/Cache/TagSet.php, RedisTagSet.php). The hash has 160 bits, so a hit
// is proof.
package laravel

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // the hash of Laravel's keys
	"encoding/hex"
	"slices"
	"strings"

	"cacheview/decode/evidence"
	"cacheview/decode/keyname"
	"cacheview/inspect/framework"
)

// Name is the framework in keyname.Key.
const Name = "laravel"

const (
	maxTags    = 2000 // tags under one prefix that are tried alone
	maxPairs   = 300  // and in pairs
	maxTriples = 40   // and three together
	maxValues  = 1000 // tag and reference keys that are read
)

// Index is what the keys of a database say of Laravel's cache. It implements
// framework.Index.
type Index struct {
	stores map[string]*store // by prefix
	names  map[string]bool
	wants  [][]byte
	unread int // identifiers of tags that were not read
}

// store is the cache under one prefix.
type store struct {
	tags []tag
	live map[string]bool // identifiers that tag keys hold
	// listed has the items that the sets of references name, by identifier.
	listed map[string][]string
	cache  string // the prefix without that of the connection
}

// tag is a tag with one of its identifiers.
type tag struct{ name, id string }

var _ framework.Index = (*Index)(nil)

// New returns an Index of an empty database.
func New() *Index { return &Index{stores: map[string]*store{}, names: map[string]bool{}} }

// Add takes note of a key.
func (x *Index) Add(name []byte) {
	k := keyname.Explain(name, keyname.Sample{})
	if k.Framework != Name {
		return
	}
	x.names[string(name)] = true
	s := x.store(k)
	t, _ := k.Part("tag")
	switch k.Kind {
	case "tag-id":
		x.unread++
		x.want(name)
	case "tag-refs":
		x.want(name)
	case "tag-entries":
		s.tags = append(s.tags, tag{t, "tag:" + t + ":entries"})
	}
}

func (x *Index) want(name []byte) {
	if len(x.wants) < maxValues {
		x.wants = append(x.wants, name)
	}
}

// existing returns the cache that a key belongs to, nil if no key of it was added.
func (x *Index) existing(k keyname.Key) *store {
	connection, _ := k.Part("redis_prefix")
	cache, _ := k.Part("cache_prefix")
	return x.stores[connection+cache]
}

// store is existing, which adds the cache.
func (x *Index) store(k keyname.Key) *store {
	connection, _ := k.Part("redis_prefix")
	cache, _ := k.Part("cache_prefix")
	s := x.existing(k)
	if s == nil {
		s = &store{live: map[string]bool{}, listed: map[string][]string{}, cache: cache}
		x.stores[connection+cache] = s
	}
	return s
}

// Wants returns the keys with the identifiers of tags, and the sets of references.
func (x *Index) Wants() [][]byte { return x.wants }

// AddValue takes the identifier of a tag, or the items that a set of references
// names.
func (x *Index) AddValue(name, value []byte, members [][]byte) {
	k := keyname.Explain(name, keyname.Sample{})
	s := x.store(k)
	switch k.Kind {
	case "tag-id":
		if id := identifier(value); id != "" {
			t, _ := k.Part("tag")
			s.tags = append(s.tags, tag{t, id})
			s.live[id] = true
			x.unread--
		}
	case "tag-refs":
		id, _ := k.Part("tag_id")
		for _, m := range members {
			s.listed[id] = append(s.listed[id], string(m))
		}
	}
}

// identifier reads s:22:"…"; as PHP's serialize writes it.
func identifier(value []byte) string {
	if bytes.HasPrefix(value, []byte("s:")) {
		_, rest, _ := bytes.Cut(value, []byte(`:"`))
		value = bytes.TrimSuffix(rest, []byte(`";`))
	}
	if n := len(value); n < 10 || n > 40 || len(bytes.Trim(value, "0123456789abcdef")) > 0 {
		return ""
	}
	return string(value)
}

// Find returns the keys of Cache::get('key') and of
// Cache::tags(['a', 'b'])->get('key').
func (x *Index) Find(text string) ([]framework.Found, bool) {
	tags, key, ok := parse(text)
	if !ok {
		return nil, false
	}
	var found []framework.Found
	for prefix, s := range x.stores {
		names := []string{prefix + key}
		if len(tags) > 0 {
			names = nil
			for _, ids := range s.identifiers(tags) {
				names = append(names, prefix+hashOf(ids)+":"+key)
			}
		}
		for _, name := range names {
			f := framework.Found{
				Key: []byte(name), Exists: x.names[name], Call: call(tags, "get", key), Rule: "Laravel's cache under " + prefix,
				Finding: evidence.Finding{Grade: evidence.Proven, Reason: "the name follows from the key and its tags"},
			}
			if !f.Exists {
				f.Grade, f.Reason = evidence.Likely, "other tags, or the same in another order, make another name"
			} else {
				f.Invalidate = call(tags, "forget", key) + ";"
			}
			found = append(found, f)
		}
	}
	slices.SortFunc(found, func(a, b framework.Found) int { return bytes.Compare(a.Key, b.Key) })
	return found, true
}

// identifiers returns what the hash of an item with these tags is made of: once for
// each form of identifier that all of them have.
func (s *store) identifiers(tags []string) []string {
	var all []string
	for _, entries := range []bool{false, true} {
		ids := make([]string, 0, len(tags))
		for _, name := range tags {
			at := slices.IndexFunc(s.tags, func(t tag) bool { return t.name == name && strings.HasPrefix(t.id, "tag:") == entries })
			if at >= 0 {
				ids = append(ids, s.tags[at].id)
			}
		}
		if len(ids) == len(tags) {
			all = append(all, strings.Join(ids, "|"))
		}
	}
	return all
}

// Explain adds the tags of an item.
func (x *Index) Explain(name []byte, k keyname.Key, _ []string) framework.Detail {
	var d framework.Detail
	if k.Kind == "value" || k.Kind == "tagged" {
		d.TTL = "the time that was given with it; without one it stays"
	}
	if k.Kind != "tagged" {
		return d
	}
	hash, _ := k.Part("tags_sha1")
	item, _ := k.Part("item")
	s := x.store(k)
	if tags, ok := s.behind(hash); ok {
		d.Call = call(tags, "get", item)
		d.Parts = append(d.Parts, keyname.Part{Name: "tags", Text: strings.Join(tags, ", ")})
		d.Invalidate = call(tags, "forget", item) + ";"
		d.Why = "its tags still have the identifiers of its name"
		return d
	}
	d.Left = x.dead(s, hash, item)
	return d
}

// dead says whether an item can be reached. A set of references names the items
// with one identifier; when no tag has that identifier any more, none can be
// computed again, since identifiers are never used twice.
func (x *Index) dead(s *store, hash, item string) evidence.Finding {
	for id, items := range s.listed {
		if s.live[id] || !slices.Contains(items, s.cache+hash+":"+item) {
			continue
		}
		if x.unread > 0 {
			return evidence.Finding{Grade: evidence.Likely, Reason: "no tag that could be read has the identifier " + id}
		}
		return evidence.Finding{Grade: evidence.Proven, Reason: "it was stored under the tag identifier " + id + ", which no tag has any more"}
	}
	return evidence.Finding{}
}

// behind finds the tags of a hash: one, two or three of those that exist.
func (s *store) behind(hash string) ([]string, bool) {
	n := len(s.tags)
	for _, a := range s.tags[:min(n, maxTags)] {
		if hashOf(a.id) == hash {
			return []string{a.name}, true
		}
	}
	for i, a := range s.tags[:min(n, maxPairs)] {
		for j, b := range s.tags[:min(n, maxPairs)] {
			if i == j {
				continue
			}
			if hashOf(a.id+"|"+b.id) == hash {
				return []string{a.name, b.name}, true
			}
			if n > maxTriples {
				continue
			}
			for l, c := range s.tags {
				if l != i && l != j && hashOf(a.id+"|"+b.id+"|"+c.id) == hash {
					return []string{a.name, b.name, c.name}, true
				}
			}
		}
	}
	return nil, false
}

// Group returns the tags of an item.
func (x *Index) Group(_ []byte, k keyname.Key) (string, bool) {
	hash, ok := k.Part("tags_sha1")
	if !ok {
		return "", false
	}
	s := x.existing(k)
	if s == nil {
		return "", false
	}
	tags, ok := s.behind(hash)
	return "tags " + strings.Join(tags, ", "), ok
}

// hashOf is the hash of the identifiers of some tags.
func hashOf(ids string) string {
	sum := sha1.Sum([]byte(ids)) //nolint:gosec // the hash of Laravel's keys
	return hex.EncodeToString(sum[:])
}
