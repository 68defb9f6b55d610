package keyname

import (
	"regexp"
	"strings"
)

var bullKey = regexp.MustCompile(`(?s)^bull:(?P<queue>[^:]+)(?::(?P<part>.+))?$`)

func bullmq(s string) (Key, bool) {
	m, ok := match(bullKey, s, "bull:")
	if !ok {
		return Key{}, false
	}
	k := Key{Framework: "bullmq", Kind: "job", Certain: true}.with("queue", m["queue"])
	switch part := m["part"]; part {
	case "":
		k.Kind = "queue"
		return k, true
	case "wait", "active", "delayed", "prioritized", "completed", "failed", "paused", "waiting-children", "repeat":
		k.Kind = part
		k.Invalidate = "queue.drain(), or queue.clean() for what is done"
	case "id", "meta", "marker", "events", "stalled", "stalled-check", "pc":
		k.Kind = part
		k.Invalidate = "queue.obliterate() removes the whole queue"
	default:
		k.Invalidate = "job.remove()"
	}
	return k.with("part", m["part"]), true
}

// keyv writes the namespace twice.
func keyv(s string) (Key, bool) {
	namespace, rest, ok := strings.Cut(s, "::")
	if !ok || namespace == "" {
		return Key{}, false
	}
	key, ok := strings.CutPrefix(rest, namespace+":")
	if !ok {
		return Key{}, false
	}
	return Key{Framework: "keyv", Kind: "value", Certain: true, Invalidate: "await keyv.delete(" + quoted(key) + ")"}.
		with("namespace", namespace).with("key", key), true
}

// connectRedis is the session store of Express.
func connectRedis(s string) (Key, bool) {
	sid, ok := strings.CutPrefix(s, "sess:")
	if !ok || sid == "" {
		return Key{}, false
	}
	return Key{Framework: "express-session", Kind: "session", Invalidate: "req.session.destroy()"}.with("sid", sid), true
}
