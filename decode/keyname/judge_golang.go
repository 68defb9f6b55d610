package keyname

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
