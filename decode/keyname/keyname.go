// Package keyname finds which framework wrote a key, what the parts of its name
// mean, and how the application would invalidate it.
//
// Name and value are judged together. A name follows a convention (python.go,
// php.go and the like); a sample of the value then refutes it, agrees, or proves
// it (judge.go); some values prove a framework under any name (proofs.go). What
// only the name supports is never more than likely, and names that anybody may
// choose, such as user:1:profile, are not attributed without a value.
//
// It knows conventions, not applications: what it cannot know it leaves out.
// Texts are the bytes of the key, not yet made safe for a terminal.
package keyname

import (
	"strings"

	"cacheview/decode/evidence"
	"cacheview/decode/lazyre"
)

// Part is a piece of a key's name with its meaning.
type Part struct{ Name, Text string }

// Key is what is known of a key by its name and its value.
type Key struct {
	// Framework wrote the key; empty if no convention fits.
	Framework string
	// Kind is what the framework keeps there: "view", "session", "queue".
	Kind string
	// Parts are in the order of the name.
	Parts []Part
	// Finding is how well Framework and Kind are supported, and by what.
	evidence.Finding
	// Invalidate is a statement of the framework's own language that removes
	// this key, and nothing else unless its name says so. It is empty if there
	// is none, and unless the finding is proven.
	Invalidate string

	claim claim
}

// claim is how much a name alone says.
type claim uint8

const (
	shape    claim = iota // anybody may choose such a name
	weak                  // others use such names too
	distinct              // nobody else is known to make such names
)

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

// graded sets the finding. A statement is only offered for what is proven.
func (k Key) graded(g evidence.Grade, reason string) Key {
	k.Finding = evidence.Finding{Grade: g, Reason: reason}
	if g != evidence.Proven {
		k.Invalidate = ""
	}
	return k
}

// Explain finds which framework wrote a key. sample is what was read of its value
// and may be zero.
func Explain(key []byte, sample Sample) Key {
	name := string(key)
	if k, ok := byLayer(name, &sample); ok {
		return k
	}
	var found []Key // by name, not vetoed
	for _, convention := range byName {
		k, ok := convention(name)
		if !ok {
			continue
		}
		if j, ok := k.judged(&sample); ok {
			if j.shown {
				return j.Key
			}
			found = append(found, j.Key)
		}
	}
	for _, proof := range proofs {
		if k, reason, ok := proof(name, &sample); ok {
			return k.graded(evidence.Proven, reason)
		}
	}
	for _, k := range found {
		if k.Grade == evidence.Proven {
			return k
		}
	}
	if len(found) > 0 {
		return found[0]
	}
	return Key{}
}

// judgedKey is a key by name after a look at its value; shown reports that the
// value is of nobody else.
type judgedKey struct {
	Key
	shown bool
}

// judged weighs a finding by name with the value. It reports false if the value
// refutes the name, or if the name alone says nothing and no value supports it.
func (k Key) judged(s *Sample) (judgedKey, bool) {
	if k.Kind == "value" && (k.Framework == "django" && isLockToken(s) || k.Framework == "laravel" && isLaravelLock(s)) {
		k.Kind, k.Invalidate = "lock", ""
	}
	v := unread
	if judge, ok := judges[k.Framework]; ok {
		v = judge(k, s)
	} else if types, ok := ownedTypes[k.Framework]; ok {
		if v = byType(s, types...); v == fits {
			v = suits
		}
	}
	switch v {
	case vetoed:
		return judgedKey{}, false
	case shows:
		return judgedKey{k.graded(evidence.Proven, "its name and its value are those of "+k.Framework), true}, true
	case fits:
		if k.claim == distinct {
			return judgedKey{k.graded(evidence.Proven, "only "+k.Framework+" makes such names, and the value fits"), false}, true
		}
		fallthrough
	case suits:
		return judgedKey{k.graded(evidence.Likely, "by its name; others write such values too"), false}, true
	}
	if k.claim == shape {
		return judgedKey{}, false
	}
	return judgedKey{k.graded(evidence.Likely, "by its name alone"), false}, true
}

// byName are the conventions of names, most telling first.
var byName = []func(string) (Key, bool){
	superset,
	flaskCaching,
	django,
	celery,
	rq,
	bullmq,
	asynq,
	channels,
	apscheduler,
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
	redisCache,
	beaker,
	cacheops,
	magento,
	gorilla,
	flaskSession,
	connectRedis,
	requestsCache,
	cashews,
	wordpress,
	sidekiq,
	owners,
	spring,
}

// byEnvelope are frameworks that are known by the way they wrap values.
var byEnvelope = []struct {
	layer   string
	grade   evidence.Grade
	explain func(string) Key
}{
	{"rails-", evidence.Proven, railsCache},
	{"dogpile", evidence.Proven, dogpileAny},
	{"cashews-signature", evidence.Proven, cashewsAny},
	{"cashews-", evidence.Likely, cashewsAny},
	{"go-redis-cache", evidence.Likely, goRedisCache},
	{"symfony-", evidence.Proven, symfonyAny},
}

// byLayer finds a framework by the envelope around the value.
func byLayer(name string, s *Sample) (Key, bool) {
	for _, rule := range byEnvelope {
		for _, layer := range s.Layers {
			if strings.HasPrefix(layer, rule.layer) {
				return rule.explain(name).graded(rule.grade, "its value is wrapped as "+layer), true
			}
		}
	}
	return Key{}, false
}

func goRedisCache(s string) Key {
	return Key{Framework: "go-redis/cache", Kind: "value"}.with("key", s)
}

// match runs a pattern and returns its groups by their names. A name that lacks
// what every match has in it is turned away before the pattern is run: a plan
// explains a million names.
func match(re *lazyre.Regexp, s, has string) (map[string]string, bool) {
	if !strings.Contains(s, has) {
		return nil, false
	}
	m := re.Get().FindStringSubmatch(s)
	if m == nil {
		return nil, false
	}
	groups := make(map[string]string, len(m))
	for i, name := range re.Get().SubexpNames() {
		if name != "" {
			groups[name] = m[i]
		}
	}
	return groups, true
}

// cutLast splits at the last colon.
func cutLast(s string) (before, after string) {
	at := strings.LastIndexByte(s, ':')
	return s[:max(at, 0)], s[at+1:]
}

// cut splits at the first colon.
func cut(s string) (before, after string) {
	before, after, ok := strings.Cut(s, ":")
	if !ok {
		return "", s
	}
	return before, after
}
