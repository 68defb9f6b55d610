// Package keyname says which framework wrote a key, what the parts of its name
// mean, and how the application would get rid of it.
//
// It judges by the name, and by the layers of the value where those are known:
// many names could be anybody's, but a value in Rails' own envelope is Rails'.
// It knows conventions, not applications: what it cannot know it leaves out,
// and Certain says when a name could as well have been chosen by hand. Texts
// are the bytes of the key, not yet made safe for a terminal.
package keyname

import (
	"regexp"
	"strings"
)

// Part is a piece of a key's name with its meaning.
type Part struct{ Name, Text string }

// Key is what the name of a key says.
type Key struct {
	// Framework wrote the key; empty when no convention fits.
	Framework string
	// Kind is what the framework keeps there: "view", "session", "queue".
	Kind string
	// Parts are in the order of the name.
	Parts []Part
	// Certain is false when other programs use such names too.
	Certain bool
	// Invalidate is what to do in the application to be rid of the key, one
	// sentence; empty when nothing is known.
	Invalidate string
}

// Part returns the text of the part with a name, and whether it is there.
func (k Key) Part(name string) (string, bool) {
	for _, p := range k.Parts {
		if p.Name == name {
			return p.Text, true
		}
	}
	return "", false
}

// with adds a part.
func (k Key) with(name, text string) Key {
	k.Parts = append(k.Parts, Part{name, text})
	return k
}

// Explain takes the name of a key apart. layers are the layers of its value,
// outermost first, when they are known (decode.Result.Names).
func Explain(key []byte, layers ...string) Key {
	s := string(key)
	for _, rule := range byEnvelope {
		for _, layer := range layers {
			if strings.HasPrefix(layer, rule.layer) {
				return rule.explain(s)
			}
		}
	}
	pickled := false
	for _, layer := range layers {
		pickled = pickled || strings.HasPrefix(layer, "pickle")
	}
	for _, explain := range byName {
		if k, ok := explain(s); ok {
			return k
		}
	}
	if k, ok := djangoPrefixed(s, pickled); ok {
		return k
	}
	return Key{}
}

// byName are the conventions, most telling first.
var byName = []func(string) (Key, bool){
	flaskCaching,
	django,
	celery,
	rq,
	bullmq,
	laravelQueue,
	laravel,
	phpSession,
	springSession,
	rails,
	keyv,
	fastapiCache,
	dogpile,
	aiocache,
	symfonyTag,
	flaskSession,
	connectRedis,
	requestsCache,
	cashews,
	sidekiq,
	work,
	spring,
}

// byEnvelope are frameworks that are known by the way they wrap values.
var byEnvelope = []struct {
	layer   string
	explain func(string) Key
}{
	{"rails-", railsCache},
	{"dogpile", dogpileAny},
	{"cashews", func(s string) Key { return cashewsAny(s, true) }},
	{"go-redis-cache", func(s string) Key {
		return Key{
			Framework: "go-redis/cache", Kind: "value", Certain: true,
			Invalidate: "cache.Delete(ctx, key) with this key",
		}.with("key", s)
	}},
	{"symfony-", func(s string) Key { return symfonyAny(s, true) }},
}

// match runs a pattern and returns its groups by their names. A name that lacks
// what every match has in it is turned away before the pattern is run: a plan
// explains a million names.
func match(re *regexp.Regexp, s, has string) (map[string]string, bool) {
	if !strings.Contains(s, has) {
		return nil, false
	}
	m := re.FindStringSubmatch(s)
	if m == nil {
		return nil, false
	}
	groups := make(map[string]string, len(m))
	for i, name := range re.SubexpNames() {
		if name != "" {
			groups[name] = m[i]
		}
	}
	return groups, true
}

// cut splits at the first colon.
func cut(s string) (before, after string) {
	before, after, ok := strings.Cut(s, ":")
	if !ok {
		return "", s
	}
	return before, after
}
