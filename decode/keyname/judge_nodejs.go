package keyname

import (
	"strings"
)

var bullTypes = map[string][]string{
	"wait": {"list"}, "active": {"list"}, "paused": {"list"}, "delayed": {"zset"}, "prioritized": {"zset"}, "priority": {"zset"},
	"completed": {"zset", "set"}, "failed": {"zset", "set"}, "waiting-children": {"zset"}, "repeat": {"zset"},
	"id": {"string"}, "meta": {"hash"}, "marker": {"zset", "string", "list"}, "events": {"stream"}, "stalled": {"set"}, "stalled-check": {"string"}, "pc": {"string"},
}

func judgeBullMQ(k Key, s *Sample) verdict {
	switch k.Kind {
	case "job":
		part, _ := k.Part("part")
		if strings.Contains(part, ":") { // locks, logs, dependencies
			return byType(s, "string", "list", "set", "zset", "hash")
		}
		if !s.isType("hash") {
			return vetoed
		}
		if isBullJob(s) {
			return shows
		}
		return byMembers(s)
	case "queue":
		return unread
	case "meta":
		if s.hasFields("opts.maxLenEvents") {
			return shows
		}
	}
	return byType(s, bullTypes[k.Kind]...)
}

func isBullJob(s *Sample) bool {
	return s.Type == "hash" && s.hasFields("name", "data", "opts", "timestamp")
}

func judgeKeyv(_ Key, s *Sample) verdict {
	if !s.isType("string") {
		return vetoed
	}
	if !s.isRead() {
		return unread
	}
	if p := probeJSON(s.Head); p.has("value") {
		return fits
	}
	return vetoed
}

// judgeExpress: JSON with a cookie in it, always.
func judgeExpress(_ Key, s *Sample) verdict {
	switch {
	case !s.isType("string"):
		return vetoed
	case !s.isRead():
		return unread
	case isExpressSession(s):
		return shows
	}
	return vetoed
}

func isExpressSession(s *Sample) bool {
	if !s.isType("string") || len(s.Head) == 0 || s.Head[0] != '{' {
		return false
	}
	p := probeJSON(s.Head)
	return p.hasIn("cookie", "originalMaxAge")
}

// nextKinds are the kinds of entry in the cache of Next.js.
var nextKinds = []string{"PAGE", "PAGES", "APP_PAGE", "APP_ROUTE", "ROUTE", "FETCH", "IMAGE", "REDIRECT"}

func judgeNext(_ Key, s *Sample) verdict {
	switch {
	case !s.isType("string"):
		return vetoed
	case !s.isRead():
		return unread
	case isNextEntry(s):
		return shows
	}
	return vetoed
}

func isNextEntry(s *Sample) bool {
	if len(s.Head) == 0 || s.Head[0] != '{' || !s.isType("string") {
		return false
	}
	p := probeJSON(s.Head)
	if !p.has("lastModified", "value") {
		return false
	}
	for _, kind := range nextKinds {
		if p.inner["value"]["kind"] == kind {
			return true
		}
	}
	return false
}
