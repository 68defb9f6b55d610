package keyname

import (
	"strings"

	"cacheview/decode/lazyre"
)

var (
	railsFragment = lazyre.New(`(?s)^(?:(?P<namespace>[^:]*):)?views/(?P<template>.+):(?P<digest>[0-9a-f]{32})/(?P<record>.+)$`)
	railsSession  = lazyre.New(`^(?P<namespace>.*?):?2::(?P<sid>[0-9a-f]{64})$`)
)

// rails knows the names that Rails itself makes. Names from Rails.cache are
// the app's own; the value gives them away.
func rails(s string) (Key, bool) {
	if m, ok := match(railsFragment, s, "views/"); ok {
		return Key{
			Framework: "rails", Kind: "fragment", claim: distinct,
			Invalidate: statement("Rails.cache.delete(%s, namespace: nil)", ruby, s),
		}.
			with("namespace", m["namespace"]).with("template", m["template"]).with("digest", m["digest"]).with("record", m["record"]), true
	}
	if m, ok := match(railsSession, s, "2::"); ok {
		return Key{Framework: "rails", Kind: "session", claim: distinct}.
			with("namespace", m["namespace"]).with("sid", m["sid"]), true
	}
	if rest, ok := strings.CutPrefix(s, "rack::attack:"); ok {
		return Key{Framework: "rack-attack", Kind: "throttle", claim: distinct, Invalidate: statement("Rack::Attack.cache.store.delete(%s)", ruby, s)}.with("key", rest), true
	}
	return Key{}, false
}

// railsCache explains a key whose value is a Rails cache entry.
func railsCache(s string) Key {
	if k, ok := rails(s); ok {
		return k
	}
	namespace, key := cut(s)
	k := Key{Framework: "rails", Kind: "value", Invalidate: statement("Rails.cache.delete(%s, namespace: nil)", ruby, s)}
	if namespace != "" {
		k = k.with("namespace", namespace)
	}
	return k.with("key", key)
}

var sidekiqKey = lazyre.New(`(?s)^(?P<kind>queue|stat):(?P<name>.+)$`)

// sidekiq knows the names of Sidekiq, which are words that others use too.
func sidekiq(s string) (Key, bool) {
	k := Key{Framework: "sidekiq", claim: shape}
	switch s {
	case "schedule", "retry", "dead":
		k.Kind = s
		k.Invalidate = map[string]string{
			"schedule": "Sidekiq::ScheduledSet.new.clear",
			"retry":    "Sidekiq::RetrySet.new.clear",
			"dead":     "Sidekiq::DeadSet.new.clear",
		}[s]
		return k, true
	case "processes":
		k.Kind = s
		return k, true
	}
	m, ok := match(sidekiqKey, s, ":")
	switch {
	case ok && m["kind"] == "queue":
		k.Kind = "queue"
		k.Invalidate = statement("Sidekiq::Queue.new(%s).clear", ruby, m["name"])
		return k.with("queue", m["name"]), true
	case ok && (strings.HasPrefix(m["name"], "processed") || strings.HasPrefix(m["name"], "failed")):
		k.Kind = "stat"
		return k.with("name", m["name"]), true
	}
	return Key{}, false
}
