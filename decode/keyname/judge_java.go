package keyname

import (
	"bytes"

	"cacheview/decode/lazyre"
)

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
