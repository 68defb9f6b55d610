package keyname

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

// byMembers vetoes a collection whose members were read and are not the
// framework's.
func byMembers(s *Sample) verdict {
	if len(s.Members) == 0 {
		return unread
	}
	return vetoed
}
