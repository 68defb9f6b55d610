package keyname

import (
	"bytes"
	"strings"
)

func judgeFlaskCaching(k Key, s *Sample) verdict {
	if !s.isType("string") {
		return vetoed
	}
	switch {
	case !s.isRead():
		return unread
	case s.is(formFlask):
		return shows
	}
	return suits // a counter, or a serializer of the app's own
}

// hasDjangoClass reports whether a pickle names a class of Django, by the opcodes of
// protocol 4 and later or of an older one. A text about Django is none.
func hasDjangoClass(raw []byte) bool {
	if at := bytes.Index(raw, []byte("cdjango.")); at >= 0 {
		module, rest, ok := bytes.Cut(raw[at+1:], []byte("\n"))
		class, _, end := bytes.Cut(rest, []byte("\n"))
		if ok && end && isDotted(module) && isDotted(class) {
			return true
		}
	}
	for rest := raw; ; {
		at := bytes.Index(rest, []byte("django."))
		if at < 0 {
			return false
		}
		if at >= 2 && rest[at-2] == 0x8c && len(rest) >= at+int(rest[at-1]) {
			module, after := rest[at:at+int(rest[at-1])], rest[at+int(rest[at-1]):]
			after = bytes.TrimPrefix(after, []byte{0x94})
			if isDotted(module) && len(after) > 2 && after[0] == 0x8c && len(after) > 2+int(after[1]) {
				after = bytes.TrimPrefix(after[2+int(after[1]):], []byte{0x94})
				if len(after) > 0 && after[0] == 0x93 {
					return true
				}
			}
		}
		rest = rest[at+1:]
	}
}

// isDotted reports whether bytes are a name with dots.
func isDotted(b []byte) bool {
	for _, c := range b {
		if c != '.' && c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return len(b) > 0
}

// judgeDjango: strings that are numbers, pickles, JSON or msgpack, possibly
// compressed. Frameworks that pickle are many; the classes in a pickle, or the
// names that Django itself makes, tell whose it is.
func judgeDjango(k Key, s *Sample) verdict {
	if !s.isType("string") {
		return vetoed
	}
	f := s.form()
	switch {
	case k.Kind == "lock":
		return suits
	case f == 0:
		return unread
	case f&(formFlask|formPHP|formJava|formRails|formRuby|formGob) != 0:
		return vetoed
	case f&formPickle != 0 && hasDjangoClass(s.Head):
		return shows
	case f&formPickle != 0 && k.claim == distinct:
		return shows
	case k.Kind != "value" && f&(formPickle|formJSON|formMsgpack|formCompressed) != 0:
		return shows // pages, fragments and sessions under Django's own names
	case k.Kind != "value":
		return vetoed
	case k.claim == shape && f&formPickle == 0:
		return vetoed // JSON and numbers under such a name are anybody's
	case f&(formPickle|formInteger|formJSON|formMsgpack|formCompressed) != 0:
		return suits
	}
	return vetoed
}

// isLockToken reports whether a string is the token that redis-py's Lock writes.
func isLockToken(s *Sample) bool {
	return s.Type == "string" && s.Whole && len(s.Head) == 32 && len(bytes.Trim(s.Head, "0123456789abcdef")) == 0 && len(bytes.Trim(s.Head, "0123456789")) > 0
}

func judgeCelery(k Key, s *Sample) verdict {
	switch k.Kind {
	case "result", "group":
		if !s.isType("string") {
			return vetoed
		}
		p := probeJSON(s.Head)
		if p.has("status", "task_id") || p.has("status", "result") {
			return shows
		}
		if p.ok && p.object {
			return vetoed
		}
		return byForm(s, 0, formPickle|formMsgpack|formJSON|formCompressed)
	case "queue":
		return judgeMembers(s, []string{"list"}, isEnvelope)
	case "binding":
		return judgeMembers(s, []string{"set"}, func(m Member) bool { return bytes.Count(m.Value, []byte("\x06\x16")) >= 2 })
	}
	switch part, _ := k.Part("part"); part {
	case "unacked":
		return judgeMembers(s, []string{"hash"}, func(m Member) bool { return bytes.HasPrefix(m.Value, []byte(`[{"body":`)) })
	case "unacked_index":
		return byType(s, "zset")
	default:
		return byType(s, "string")
	}
}

// isEnvelope reports whether an element is a message of Celery's transport.
func isEnvelope(m Member) bool {
	if !bytes.HasPrefix(bytes.TrimSpace(m.Value), []byte("{")) {
		return false
	}
	p := probeJSON(m.Value)
	return p.hasIn("headers", "task") && p.has("body") || p.hasIn("properties", "delivery_tag") && p.has("body")
}

var rqTypes = map[string]string{
	"job": "hash", "worker": "hash", "queue": "list", "intermediate": "list", "queues": "set", "workers": "set",
	"failed": "zset", "finished": "zset", "wip": "zset", "deferred": "zset", "scheduled": "zset", "canceled": "zset",
	"results": "stream", "executions": "zset",
}

func judgeRQ(k Key, s *Sample) verdict {
	if k.Kind == "job" {
		if !s.isType("hash") {
			return vetoed
		}
		if s.hasFields("created_at", "origin") || s.hasFields("data", "created_at") {
			return shows
		}
		return byMembers(s)
	}
	switch k.Kind {
	case "queues", "workers":
		prefix := []byte("rq:" + strings.TrimSuffix(k.Kind, "s") + ":")
		return judgeMembers(s, []string{"set"}, func(m Member) bool { return bytes.HasPrefix(m.Value, prefix) })
	}
	if want, ok := rqTypes[k.Kind]; ok {
		return byType(s, want)
	}
	return unread
}

// judgeFlaskSession: a pickle, msgpack or JSON of a dict, in which Flask keeps
// "_permanent".
func judgeFlaskSession(_ Key, s *Sample) verdict {
	if !s.isType("string") {
		return vetoed
	}
	if s.is(formPickle|formMsgpack|formJSON) && s.hasPermanent() {
		return shows
	}
	if s.is(formJSON) {
		if p := probeJSON(s.Head); !p.object || isExpressSession(s) {
			return vetoed
		}
	}
	return byForm(s, 0, formPickle|formMsgpack|formJSON)
}

// hasPermanent reports whether a pickle, a msgpack or a JSON has "_permanent" as a
// text of its own, which Flask puts into every session.
func (s *Sample) hasPermanent() bool {
	if s.is(formJSON) {
		p := probeJSON(s.Head)
		return p.has("_permanent")
	}
	return s.contains("\x8c\x0a_permanent", "X\x0a\x00\x00\x00_permanent", "\xaa_permanent")
}

func judgeRequests(k Key, s *Sample) verdict {
	if k.Kind == "redirects" {
		return byType(s, "hash")
	}
	if s.is(formJSON|formPickle) && s.contains("_content") && s.contains("status_code") && s.contains("url") {
		return shows
	}
	return judgeForm(0, formPickle|formJSON|formBinary)(k, s)
}

func judgeCacheops(k Key, s *Sample) verdict {
	switch k.Kind {
	case "dependency", "scheme":
		return byType(s, "set")
	}
	return judgeForm(0, formPickle)(k, s)
}

func judgeRedisCache(k Key, s *Sample) verdict {
	if k.Kind == "keys" {
		return byType(s, "zset")
	}
	return judgeForm(0, formJSON|formPickle|formMsgpack|formText|formNumber)(k, s)
}

// judgeChannels: members are the names of channels, "specific.ID!RANDOM".
func judgeChannels(k Key, s *Sample) verdict {
	if k.Kind == "group" {
		return judgeMembers(s, []string{"zset"}, isChannel)
	}
	return byType(s, "zset", "list")
}

func isChannel(m Member) bool {
	return bytes.HasPrefix(m.Value, []byte("specific.")) && bytes.IndexByte(m.Value, '!') > len("specific.")
}

func judgeAPScheduler(k Key, s *Sample) verdict {
	if k.Kind == "run-times" {
		return byType(s, "zset")
	}
	return judgeMembers(s, []string{"hash"}, func(m Member) bool { return headForm(m.Value) == formPickle })
}
