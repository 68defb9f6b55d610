package keyname

import (
	"strings"

	"cacheview/decode/lazyre"
)

var bullKey = lazyre.New(`(?s)^bull:(?P<queue>[^:]+)(?::(?P<part>.+))?$`)

func bullmq(s string) (Key, bool) {
	m, ok := match(bullKey, s, "bull:")
	if !ok {
		return Key{}, false
	}
	k := Key{Framework: "bullmq", Kind: "job", claim: weak}.with("queue", m["queue"])
	switch part := m["part"]; part {
	case "":
		k.Kind = "queue"
		return k, true
	case "wait", "active", "delayed", "prioritized", "completed", "failed", "paused", "waiting-children", "repeat":
		k.Kind = part
	case "id", "meta", "marker", "events", "stalled", "stalled-check", "pc":
		k.Kind = part
	default:
		if !strings.Contains(part, ":") {
			k.Invalidate = statement("await (await queue.getJob(%s)).remove();", javascript, part)
		}
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
	return Key{Framework: "keyv", Kind: "value", claim: distinct, Invalidate: statement("await keyv.delete(%s);", javascript, key)}.
		with("namespace", namespace).with("key", key), true
}

// connectRedis is the session store of Express.
func connectRedis(s string) (Key, bool) {
	sid, ok := strings.CutPrefix(s, "sess:")
	if !ok || sid == "" {
		return Key{}, false
	}
	return Key{Framework: "express-session", Kind: "session", claim: weak, Invalidate: statement("req.sessionStore.destroy(%s, () => {});", javascript, sid)}.with("sid", sid), true
}
