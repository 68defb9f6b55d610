package keyname

import (
	"encoding/base64"
	"strings"

	"cacheview/decode/lazyre"
)

// redisCacheKey is {rc:module.function}:BASE64 of the arguments as JSON; before
// version 4 the braces were missing.
var redisCacheKey = lazyre.New(`(?s)^(?:\{rc:(?P<function>[^}]+)\}|rc:(?P<plain>[\w.<>]+\.[\w<>]+)):(?P<args>.+)$`)

// redisCache knows the names of python-redis-cache.
func redisCache(s string) (Key, bool) {
	m, ok := match(redisCacheKey, s, "rc:")
	if !ok {
		return Key{}, false
	}
	k := Key{Framework: "redis-cache", Kind: "function", claim: weak}
	function := m["function"]
	if function != "" {
		k.claim = distinct
	} else {
		function = m["plain"]
	}
	k = k.with("function", function)
	if m["args"] == "keys" {
		k.Kind = "keys"
		return k, true
	}
	args := m["args"]
	if raw, err := base64.StdEncoding.DecodeString(args); err == nil && isPrintable(raw) {
		args = string(raw)
	}
	return k.with("args", args), true
}

var beakerKey = lazyre.New(`(?s)^beaker_cache:(?P<namespace>[^:]+):(?P<key>.+)$`)

func beaker(s string) (Key, bool) {
	m, ok := match(beakerKey, s, "beaker_cache:")
	if !ok {
		return Key{}, false
	}
	kind := "value"
	if m["key"] == "session" {
		kind = "session"
	}
	return Key{Framework: "beaker", Kind: kind, claim: distinct}.with("namespace", m["namespace"]).with("key", m["key"]), true
}

// cacheopsKey has conj:TABLE:FIELD=VALUE, the sets of results that depend on a
// condition; schemes:TABLE; and the results, q:MD5 of a query, c:MD5 of a call.
var cacheopsKey = lazyre.New(`(?s)^(?:(?P<conj>conj):(?P<table>\w+):(?P<condition>.*)|(?P<scheme>schemes):(?P<of>\w+)|(?P<result>q|c|cv):(?P<hash>[0-9a-f]{32}))$`)

func cacheops(s string) (Key, bool) {
	m, ok := match(cacheopsKey, s, ":")
	if !ok {
		return Key{}, false
	}
	k := Key{Framework: "cacheops"}
	switch {
	case m["conj"] != "":
		k.Kind, k.claim = "dependency", distinct
		return k.with("table", m["table"]).with("condition", m["condition"]), true
	case m["scheme"] != "":
		k.Kind, k.claim = "scheme", weak
		return k.with("table", m["of"]), true
	}
	k.Kind, k.claim = "query", weak
	if m["result"] != "q" {
		k.Kind = "function"
	}
	return k.with("hash", m["hash"]), true
}

// channelsKey has the sets of channels in a group. The prefix is "asgi" unless the
// app sets another.
var channelsKey = lazyre.New(`(?s)^(?P<prefix>asgi:?):group:(?P<group>.+)$`)

func channels(s string) (Key, bool) {
	if m, ok := match(channelsKey, s, ":group:"); ok {
		return Key{Framework: "channels", Kind: "group", claim: weak}.with("prefix", m["prefix"]).with("group", m["group"]), true
	}
	if channel, ok := strings.CutPrefix(s, "asgi:specific."); ok {
		return Key{Framework: "channels", Kind: "channel", claim: distinct}.with("prefix", "asgi").with("channel", "specific."+channel), true
	}
	return Key{}, false
}

func apscheduler(s string) (Key, bool) {
	switch s {
	case "apscheduler.jobs":
		return Key{Framework: "apscheduler", Kind: "jobs", claim: distinct}, true
	case "apscheduler.run_times":
		return Key{Framework: "apscheduler", Kind: "run-times", claim: distinct}, true
	}
	return Key{}, false
}
