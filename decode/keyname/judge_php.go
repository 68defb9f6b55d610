package keyname

import (
	"bytes"
)

// isLaravelJob reports whether an element is a job of Laravel's queue.
func isLaravelJob(m Member) bool {
	p := probeJSON(m.Value)
	return p.has("job", "data") && (p.has("uuid") || p.has("displayName") || p.has("attempts"))
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

func judgeSymfony(k Key, s *Sample) verdict {
	if k.Kind == "tag" {
		return byType(s, "set")
	}
	return judgeForm(0, formPHP|formCompressed|formMsgpack)(k, s)
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
