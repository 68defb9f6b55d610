package keyname

import (
	"bytes"
)

// isSidekiqJob reports whether an element is a job of Sidekiq.
func isSidekiqJob(m Member) bool {
	p := probeJSON(m.Value)
	return p.has("class", "jid", "args")
}

func judgeRails(k Key, s *Sample) verdict {
	if !s.isType("string") {
		return vetoed
	}
	return byForm(s, formRails, formRuby|formInteger|formText|formCompressed|formMsgpack)
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
