package keyname

import (
	"strings"
)

// proofs find a framework by the value alone, whatever the name of the key. Each
// rule fits nothing that other programs write.
var proofs = []func(name string, s *Sample) (Key, string, bool){
	proofCelery,
	proofSidekiq,
	proofLaravelQueue,
	proofExpress,
	proofBullMQ,
	proofRQ,
	proofChannels,
	proofSpringSession,
	proofNext,
	proofFlaskSession,
}

func proofCelery(name string, s *Sample) (Key, string, bool) {
	switch s.Type {
	case "list":
		if len(s.Members) == 0 || judgeMembers(s, []string{"list"}, isEnvelope) != shows {
			return Key{}, "", false
		}
		queue, _, _ := strings.Cut(name, "\x06\x16")
		return celeryQueue(queue), "its elements are messages of Celery's transport", true
	case "string":
		if p := probeJSON(s.Head); s.startsObject() && p.has("status", "task_id", "date_done") {
			id := p.members["task_id"]
			k := Key{Framework: "celery", Kind: "result"}
			if prefix, ok := strings.CutSuffix(name, id); ok && id != "" {
				k = k.with("prefix", prefix)
			}
			return k.with("task_id", id), "its value is the result of a Celery task", true
		}
	}
	return Key{}, "", false
}

// startsObject reports whether a string begins as a JSON object.
func (s *Sample) startsObject() bool { return len(s.Head) > 0 && s.Head[0] == '{' }

func proofSidekiq(name string, s *Sample) (Key, string, bool) {
	switch s.Type {
	case "list", "zset":
	default:
		return Key{}, "", false
	}
	if judgeMembers(s, []string{"list", "zset"}, isSidekiqJob) != shows {
		return Key{}, "", false
	}
	k := Key{Framework: "sidekiq", Kind: "queue"}
	queue := name
	if at := strings.LastIndex(name, "queue:"); at >= 0 {
		queue = name[at+len("queue:"):]
	}
	return k.with("queue", queue), "its members are jobs with a class and a jid", true
}

func proofLaravelQueue(name string, s *Sample) (Key, string, bool) {
	switch s.Type {
	case "list", "zset":
	default:
		return Key{}, "", false
	}
	if judgeMembers(s, []string{"list", "zset"}, isLaravelJob) != shows {
		return Key{}, "", false
	}
	queue := name
	if at := strings.LastIndex(name, "queues:"); at >= 0 {
		queue = name[at+len("queues:"):]
	}
	return Key{Framework: "laravel-queue", Kind: "queue"}.with("queue", queue), "its members are jobs of Laravel's queue", true
}

func proofExpress(name string, s *Sample) (Key, string, bool) {
	if s.Type != "string" || !isExpressSession(s) {
		return Key{}, "", false
	}
	sid := name[strings.LastIndexByte(name, ':')+1:]
	return Key{Framework: "express-session", Kind: "session"}.
		with("prefix", name[:len(name)-len(sid)]).with("sid", sid), "its value has the cookie of an Express session", true
}

func proofBullMQ(name string, s *Sample) (Key, string, bool) {
	if !isBullJob(s) {
		return Key{}, "", false
	}
	parts := strings.Split(name, ":")
	k := Key{Framework: "bullmq", Kind: "job"}
	if n := len(parts); n >= 2 {
		k = k.with("queue", parts[n-2]).with("part", parts[n-1])
	}
	return k, "its fields are those of a BullMQ job", true
}

func proofRQ(name string, s *Sample) (Key, string, bool) {
	if s.Type != "hash" || !s.hasFields("created_at", "data", "origin") {
		return Key{}, "", false
	}
	return Key{Framework: "rq", Kind: "job"}.with("id", name[strings.LastIndexByte(name, ':')+1:]), "its fields are those of an RQ job", true
}

func proofChannels(name string, s *Sample) (Key, string, bool) {
	if s.Type != "zset" || judgeMembers(s, []string{"zset"}, isChannel) != shows {
		return Key{}, "", false
	}
	k, ok := channels(name)
	if !ok {
		k = Key{Framework: "channels", Kind: "group"}.with("group", name)
	}
	return k, "its members are channels of Django Channels", true
}

func proofSpringSession(_ string, s *Sample) (Key, string, bool) {
	if s.Type != "hash" || !s.hasFields("creationTime", "lastAccessedTime", "maxInactiveInterval") {
		return Key{}, "", false
	}
	return Key{Framework: "spring-session", Kind: "session"}, "its fields are those of a Spring session", true
}

func proofNext(name string, s *Sample) (Key, string, bool) {
	if !isNextEntry(s) {
		return Key{}, "", false
	}
	return Key{Framework: "next.js", Kind: "entry"}.with("key", name), "its value is an entry of the cache of Next.js", true
}

func proofFlaskSession(name string, s *Sample) (Key, string, bool) {
	if s.Type != "string" || !s.is(formPickle|formMsgpack|formJSON) || !s.hasPermanent() {
		return Key{}, "", false
	}
	if s.is(formJSON) {
		if p := probeJSON(s.Head); !p.has("_permanent") {
			return Key{}, "", false
		}
	}
	if s.is(formFlask) {
		return Key{}, "", false
	}
	sid := name[strings.LastIndexByte(name, ':')+1:]
	return Key{Framework: "flask-session", Kind: "session"}.
		with("prefix", name[:len(name)-len(sid)]).with("sid", sid), "its value is a session of Flask", true
}
