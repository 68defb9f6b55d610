package keyname

import (
	"bytes"
	"strings"

	"cacheview/decode/lazyre"
)

// verdict is what the value of a key says of the framework that its name points
// to.
type verdict int

const (
	unread verdict = iota // what would decide was not read
	vetoed                // the framework never writes such a value
	suits                 // the framework writes such values; no name makes that a proof
	fits                  // the framework writes such values, and so do others
	shows                 // nobody else writes such a value
)

// judge decides on a finding by name. A framework without a judge has none of
// its values known; such names are never more than likely.
type judge func(k Key, s *Sample) verdict

// judges are the rules of the frameworks' values, by their names in Key.
var judges = map[string]judge{
	"flask-caching":   judgeFlaskCaching,
	"superset":        judgeForm(formFlask|formPickle, 0),
	"django":          judgeDjango,
	"celery":          judgeCelery,
	"rq":              judgeRQ,
	"bullmq":          judgeBullMQ,
	"laravel":         judgeLaravel,
	"laravel-queue":   judgeLaravelQueue,
	"php-session":     judgeForm(formPHP, formJSON|formMsgpack|formCompressed|formText),
	"spring-session":  judgeSpringSession,
	"spring":          judgeSpring,
	"rails":           judgeRails,
	"rack-attack":     judgeForm(0, formInteger),
	"keyv":            judgeKeyv,
	"fastapi-cache":   judgeForm(0, formJSON|formPickle|formMsgpack|formText),
	"dogpile.cache":   judgeForm(0, formPickle|formJSON|formMsgpack),
	"aiocache":        judgeForm(0, formPickle|formJSON|formMsgpack|formText|formInteger),
	"symfony":         judgeSymfony,
	"flask-session":   judgeFlaskSession,
	"express-session": judgeExpress,
	"requests-cache":  judgeRequests,
	"cashews":         judgeForm(0, formPickle|formInteger|formCompressed),
	"beaker":          judgeForm(0, formPickle|formJSON),
	"cacheops":        judgeCacheops,
	"redis-cache":     judgeRedisCache,
	"wordpress":       judgePHPCache,
	"sidekiq":         judgeSidekiq,
	"asynq":           judgeAsynq,
	"channels":        judgeChannels,
	"apscheduler":     judgeAPScheduler,
	"gorilla-session": judgeForm(formGob, formJSON|formBinary),
	"scs":             judgeForm(formGob, formJSON|formBinary|formMsgpack),
	"next.js":         judgeNext,
	"magento":         judgeMagento,
}

// judgeForm is for strings that are only told by their form: those of show prove
// the framework, those of fit are also written by others, and any other value is
// none of the framework's.
func judgeForm(show, fit form) judge {
	return func(_ Key, s *Sample) verdict {
		if !s.isType("string") {
			return vetoed
		}
		return byForm(s, show, fit)
	}
}

// byForm judges a string by its form.
func byForm(s *Sample, show, fit form) verdict {
	f := s.form()
	switch {
	case f == 0:
		return unread
	case f&show != 0:
		return shows
	case f&fit != 0:
		return fits
	}
	return vetoed
}

// byType judges by the type alone.
func byType(s *Sample, types ...string) verdict {
	switch {
	case s.Type == "":
		return unread
	case s.isType(types...):
		return fits
	}
	return vetoed
}

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

// judgeMembers judges a collection whose members all have the framework's own
// look.
func judgeMembers(s *Sample, types []string, own func(Member) bool) verdict {
	switch {
	case !s.isType(types...):
		return vetoed
	case len(s.Members) == 0:
		return unread
	}
	for _, m := range s.Members {
		if !own(m) {
			return vetoed
		}
	}
	return shows
}

// isEnvelope reports whether an element is a message of Celery's transport.
func isEnvelope(m Member) bool {
	if !bytes.HasPrefix(bytes.TrimSpace(m.Value), []byte("{")) {
		return false
	}
	p := probeJSON(m.Value)
	return p.hasIn("headers", "task") && p.has("body") || p.hasIn("properties", "delivery_tag") && p.has("body")
}

// isSidekiqJob reports whether an element is a job of Sidekiq.
func isSidekiqJob(m Member) bool {
	p := probeJSON(m.Value)
	return p.has("class", "jid", "args")
}

// isLaravelJob reports whether an element is a job of Laravel's queue.
func isLaravelJob(m Member) bool {
	p := probeJSON(m.Value)
	return p.has("job", "data") && (p.has("uuid") || p.has("displayName") || p.has("attempts"))
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

// byMembers vetoes a collection whose members were read and are not the
// framework's.
func byMembers(s *Sample) verdict {
	if len(s.Members) == 0 {
		return unread
	}
	return vetoed
}

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

func judgeLaravel(k Key, s *Sample) verdict {
	switch k.Kind {
	case "tag-id":
		return byForm(s, 0, formPHP|formInteger)
	case "tag-entries":
		return byType(s, "zset")
	case "tag-refs":
		return byType(s, "set")
	}
	if k.Kind == "lock" {
		return suits
	}
	return judgePHPCache(k, s)
}

// isLaravelLock reports whether a string is the owner of a lock, a plain word:
// 16 letters and digits unless the app names it. A cached text is serialized.
func isLaravelLock(s *Sample) bool {
	return s.Type == "string" && s.Whole && s.form() == formText && len(s.Head) > 0 && len(s.Head) <= 64 && bytes.IndexByte(s.Head, ' ') < 0
}

// judgePHPCache: what serialize or igbinary write; numbers stay plain, and phpredis
// may be told to write other notations.
func judgePHPCache(_ Key, s *Sample) verdict {
	if !s.isType("string") {
		return vetoed
	}
	if s.is(formNumber | formMsgpack | formJSON | formCompressed) {
		return suits
	}
	return byForm(s, 0, formPHP)
}

func judgeLaravelQueue(k Key, s *Sample) verdict {
	if part, _ := k.Part("part"); part == "notify" {
		return byType(s, "list")
	}
	return judgeMembers(s, []string{"list", "zset"}, isLaravelJob)
}

func judgeSpringSession(k Key, s *Sample) verdict {
	switch k.Kind {
	case "session":
		if !s.isType("hash") {
			return vetoed
		}
		if s.hasFields("creationTime", "maxInactiveInterval") || s.hasFields("lastAccessedTime") {
			return shows
		}
		return byMembers(s)
	case "session-expiry":
		return byType(s, "string")
	}
	return byType(s, "set", "zset")
}

// judgeSpring: strings in a JDK stream, or JSON that names its class. JSON without
// a class under a name with two colons is anybody's.
func judgeSpring(k Key, s *Sample) verdict {
	if part, _ := k.Part("key"); s.Type == "zset" && part == "~keys" {
		return fits
	}
	if !s.isType("string") {
		return vetoed
	}
	if s.is(formJava) || probeHasClass(s) {
		return shows
	}
	return byForm(s, 0, 0)
}

// probeHasClass reports whether a JSON text names the Java class of its value, as
// Jackson does with default typing.
func probeHasClass(s *Sample) bool {
	return s.is(formJSON) && (bytes.HasPrefix(s.Head, []byte(`{"@class":"`)) || jacksonWrapper.Get().Match(s.Head))
}

// jacksonWrapper is ["java.util.ArrayList",[…]]: the class, then the value.
var jacksonWrapper = lazyre.New(`^\["(?:java\.[\w.]*\.[A-Z][\w$]*",\s*["\[{\d-]|[a-z]\w*(?:\.\w+)*\.[A-Z][\w$]*",\s*[\[{])`)

func judgeRails(k Key, s *Sample) verdict {
	if !s.isType("string") {
		return vetoed
	}
	return byForm(s, formRails, formRuby|formInteger|formText|formCompressed|formMsgpack)
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

func judgeSymfony(k Key, s *Sample) verdict {
	if k.Kind == "tag" {
		return byType(s, "set")
	}
	return judgeForm(0, formPHP|formCompressed|formMsgpack)(k, s)
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

func judgeSidekiq(k Key, s *Sample) verdict {
	switch k.Kind {
	case "queue":
		return judgeMembers(s, []string{"list"}, isSidekiqJob)
	case "schedule", "retry", "dead":
		return judgeMembers(s, []string{"zset"}, isSidekiqJob)
	case "stat":
		return byForm(s, 0, formInteger)
	case "processes":
		return judgeMembers(s, []string{"set"}, func(m Member) bool { return bytes.Count(m.Value, []byte(":")) == 2 })
	}
	return vetoed
}

var asynqTypes = map[string][]string{
	"pending": {"list"}, "active": {"list"}, "scheduled": {"zset"}, "retry": {"zset"}, "archived": {"zset"}, "completed": {"zset"},
	"lease": {"zset"}, "group": {"zset"}, "task": {"hash"}, "unique": {"string"}, "stat": {"string"}, "queues": {"set"}, "groups": {"set"},
	"servers": {"zset", "string"}, "workers": {"zset", "hash"}, "scheduler": {"zset", "list"}, "paused": {"string"},
}

func judgeAsynq(k Key, s *Sample) verdict {
	if k.Kind == "task" && s.hasFields("msg", "state") {
		return shows
	}
	if k.Kind == "task" && len(s.Members) > 0 {
		return vetoed
	}
	return byType(s, asynqTypes[k.Kind]...)
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

func judgeMagento(k Key, s *Sample) verdict {
	if k.Kind == "tag" || k.Kind == "tags" {
		return byType(s, "set")
	}
	if s.hasFields("d", "m") || s.hasFields("d", "t") {
		return shows
	}
	if !s.isType("hash") {
		return vetoed
	}
	return byMembers(s)
}
