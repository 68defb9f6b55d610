package keyname

import (
	"strings"
	"testing"
)

func str(s string) Sample { return Sample{Type: "string", Head: []byte(s), Whole: true} }

func members(typ string, list ...string) Sample {
	s := Sample{Type: typ}
	for _, m := range list {
		s.Members = append(s.Members, Member{Value: []byte(m)})
	}
	return s
}

func fields(pairs ...string) Sample {
	s := Sample{Type: "hash"}
	for i := 0; i < len(pairs); i += 2 {
		s.Members = append(s.Members, Member{[]byte(pairs[i]), []byte(pairs[i+1])})
	}
	return s
}

const (
	pickleDict  = "\x80\x05\x95\x0b\x00\x00\x00\x00\x00\x00\x00}\x94\x8c\x01a\x94K\x01s."
	flaskPickle = "!" + pickleDict
	cookie      = `{"cookie":{"originalMaxAge":null,"expires":null,"httpOnly":true,"path":"/"}}`
	envelope    = `{"body":"W10=","content-type":"application/json","headers":{"task":"app.add","id":"1"},"properties":{"delivery_tag":"1"}}`
	oldEnvelope = `{"body":"W10=","headers":{},"properties":{"delivery_tag":"1"}}`
	sidekiqJob  = `{"class":"Mailer","args":[1],"jid":"b4a5","queue":"default"}`
	laravelJob  = `{"uuid":"1","displayName":"App\\Jobs\\Send","job":"Illuminate\\Queue\\CallQueuedHandler@call","data":{}}`
)

// A value refutes a name, agrees with it, or proves a framework under any name.
func TestExplain_NameAndValue(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, key string
		sample    Sample
		want      string // framework kind, with "?" unless proven
	}{
		// Names that look like a framework's over values that are not.
		{"a cached pickle is no Express session", "sess:1", str(flaskPickle), ""},
		{"nor is JSON without a cookie", "sess:1", str(`{"cookie":"oat"}`), ""},
		{"nor a list", "sess:1", members("list", "a"), ""},
		{"a sorted set is no Spring cache", "best::players", members("zset", "ann"), ""},
		{"text is no Spring value", "a::b", str("hello"), ""},
		{"a number is none", "a::b", str("17"), ""},
		{"a pickle is none", "a::b", str(pickleDict), ""},
		{"PHP is none", "a::b", str(`a:1:{i:0;i:1;}`), ""},
		{"a hash is not Django's", "user:1:profile", fields("name", "ann"), ""},
		{"JSON under a name of anybody is not Django's", "user:1:profile", str(`{"a":1}`), ""},
		{"a hash under Django's own name", ":1:cart", fields("a", "1"), ""},
		{"text under it", ":1:cart", str("hello"), ""},
		{"PHP under it", ":1:cart", str(`s:1:"a";`), ""},
		{"a text is no Sidekiq queue", "queue:jobs", str("3 jobs"), ""},
		{"a list of ids is none", "queue:jobs", members("list", "1", "2"), ""},
		{"a sorted set named retry", "retry", members("zset", "17"), ""},
		{"a text named as a task's result", "celery-task-meta-x", str("hello"), ""},
		{"JSON that is no result", "celery-task-meta-x", str(`{"a":1}`), ""},
		{"a string named celery", "celery", str("q"), ""},
		{"a list of plain JSON named celery", "celery", members("list", `{"id":1}`), ""},
		{"a string named as an RQ job", "rq:job:1", str("x"), ""},
		{"a hash with other fields", "rq:job:1", fields("name", "x"), ""},
		{"a string named as a BullMQ list", "bull:market:wait", str("x"), ""},
		{"a pickle under Laravel's name", "laravel_cache_:k", str(pickleDict), ""},
		{"text under Laravel's name", "laravel_cache_:k", str("hello world"), ""},
		{"keyv always wraps", "keyv::keyv:k", str(`{"a":1}`), ""},
		{"a list named as a Flask session", "session:1", members("list", "a"), ""},
		{"a text named as one", "session:1", str("hello"), ""},
		{"a hash under Flask-Caching's prefix", "flask_cache_view//about", fields("a", "1"), ""},
		{"a plain hash named as Spring's session", "spring:session:sessions:1", fields("a", "1"), ""},
		{"a text in Rails' fragment name", "views/a:0123456789abcdef0123456789abcdef/b", str("{}"), ""},

		// Only the name speaks for it, or the value agrees without a proof.
		{"name alone", "flask_cache_view//about", Sample{}, "flask-caching? view"},
		{"a text that the decoder took for one by the name", "flask_cache_x", Sample{Type: "string", Layers: []string{"flask-caching", "text"}, Head: []byte("hello"), Whole: true}, "flask-caching? manual"},
		{"a counter", "flask_cache_hits", str("5"), "flask-caching? manual"},
		{"a counter of Django", ":1:hits", str("5"), "django? value"},
		{"a pickle under a name of anybody", "shop:3:cart:9", str(pickleDict), "django? value"},
		{"an unread list named celery", "celery", Sample{Type: "list"}, "celery? queue"},
		{"JSON without a class", "books::42", str(`{"a":1}`), ""},
		{"a pickle named as a session", "session:ab", str(pickleDict), "flask-session? session"},

		// Name and value together.
		{"Flask-Caching", "flask_cache_view//about", str(flaskPickle), "flask-caching view"},
		{"Django", ":1:cart", str(pickleDict), "django value"},
		{"a class of Django", "shop:3:cart:9", str("\x80\x04\x95\x10cdjango.utils.safestring\nSafeString\n"), "django value"},
		{"a lock of Django", ":1:import", str("8f14e45fceea167a5a36dedd4bea2543"), "django? lock"},
		{"a lock of Laravel", "laravel_database_laravel_cache:import", str("Ab3dEf6hIj9lMn2p"), "laravel? lock"},
		{"Laravel", "laravel_cache_:k", str(`a:1:{i:0;i:1;}`), "laravel value"},
		{"Spring in a JDK stream", "books::42", str("\xac\xed\x00\x05t\x00\x01a"), "spring value"},
		{"Spring in Jackson's JSON", "books::42", str(`{"@class":"a.B","x":1}`), "spring value"},
		{"Spring's set of keys", "books~keys::~keys", members("zset", "a"), "spring? value"},
		{"keyv", "keyv::keyv:k", str(`{"value":1,"expires":2}`), "keyv value"},
		{"Celery's result", "celery-task-meta-x", str(`{"status":"SUCCESS","result":3,"task_id":"x"}`), "celery result"},
		{"Celery's binding", "_kombu.binding.celery", members("set", "celery\x06\x16\x06\x16celery"), "celery binding"},
		{"RQ", "rq:job:1", fields("created_at", "x", "origin", "default", "data", "y"), "rq job"},
		{"asynq, pending", "asynq:{default}:pending", members("list", "0a"), "asynq pending"},
		{"asynq, task", "asynq:{default}:t:0a", fields("msg", "\n\x01m", "state", "pending"), "asynq task"},
		{"asynq, queues", "asynq:queues", members("set", "default"), "asynq queues"},
		{"asynq, processed", "asynq:{default}:processed:2026-11-30", str("4"), "asynq stat"},
		{"APScheduler", "apscheduler.jobs", fields("1", pickleDict), "apscheduler jobs"},
		{"APScheduler, times", "apscheduler.run_times", members("zset", "1"), "apscheduler run-times"},
		{"gorilla", "session_" + strings.Repeat("A", 52), Sample{Type: "string", Layers: []string{"gob"}, Head: []byte("\x0e\xff\x81")}, "gorilla-session session"},
		{"Beaker", "beaker_cache:app.py:cart", str(pickleDict), "beaker value"},
		{"redis-cache", "{rc:app.price}:eyJ4IjoxfQ==", str(`3`), "redis-cache function"},
		{"cacheops", "q:0123456789abcdef0123456789abcdef", str(pickleDict), "cacheops? query"},
		{"cacheops, condition", "conj:shop_item:id=3", members("set", "q:1"), "cacheops dependency"},
		{"Superset", "superset_0123456789abcdef0123456789abcdef", str(flaskPickle), "superset query"},
		{"WordPress", "wp_:options:alloptions", str(`a:1:{s:7:"siteurl";s:1:"x";}`), "wordpress value"},
		{"WordPress, a post", "wp_:posts:12", str(`O:8:"stdClass":1:{s:1:"a";i:1;}`), "wordpress? value"},

		// Values that prove a framework under any name.
		{"a Celery queue", "mailer", members("list", envelope), "celery queue"},
		{"an old Celery queue", "q_json_None", members("list", oldEnvelope), "celery queue"},
		{"a list of JSON is not", "mailer", members("list", `{"body":"x","headers":{}}`), ""},
		{"an Express session", "wiki:9f2", str(cookie), "express-session session"},
		{"under Spring's look", "a::b", str(cookie), "express-session session"},
		{"a cookie that is food", "wiki:9f2", str(`{"cookie":{"kind":"oat"}}`), ""},
		{"Channels", "asgi::group:chat", members("zset", "specific.a!b"), "channels group"},
		{"Channels under another prefix", "live:group:chat", members("zset", "specific.a!b"), "channels group"},
		{"Sidekiq in a namespace", "app:queue:mail", members("list", sidekiqJob), "sidekiq queue"},
		{"Sidekiq", "queue:mail", members("list", sidekiqJob), "sidekiq queue"},
		{"Laravel's queue", "jobs", members("list", laravelJob), "laravel-queue queue"},
		{"BullMQ under another prefix", "{shop}:mail:17", fields("name", "send", "data", "{}", "opts", "{}", "timestamp", "1"), "bullmq job"},
		{"a Flask session", "shop:ab12", str(`{"_permanent":true,"user":1}`), "flask-session session"},
		{"a pickled Flask session", "session:ab12", str("\x80\x04\x95}\x94\x8c\x0a_permanent\x94\x88s."), "flask-session session"},
		{"Next.js", "/blog/a", str(`{"lastModified":1,"value":{"kind":"APP_PAGE","html":"x"}}`), "next.js entry"},
		{"Spring's session", "app:x:1", fields("creationTime", "1", "lastAccessedTime", "1", "maxInactiveInterval", "1"), "spring-session session"},
		{"a list of names is no wrapper of Jackson", "a::b", str(`["com.example","x"]`), ""},
		{"a wrapper of Jackson", "a::b", str(`["java.util.ArrayList",[1]]`), "spring value"},
		{"a text about Django is no class of it", "shop:3:post:9", str("\x80\x04\x95\x8c\x12django.db is great\x94."), "django? value"},
		{"a class in protocol 4", "shop:3:post:9", str("\x80\x04\x8c\x17django.utils.safestring\x94\x8c\x0aSafeString\x94\x93."), "django value"},
		{"a market is no queue", "bull:market:wait", members("list", "a"), "bullmq? wait"},
		{"another FastAPI", "myfastapi:upload:0123456789abcdef0123456789abcdef", str(`{"a":1}`), "fastapi-cache? function"},
		{"a response of an API", "http_cache:0123456789abcdef", str(`{"status_code":200,"url":"x"}`), "requests-cache? response"},
		{"a member of a member", "session:1", str(`{"a":{"_permanent":true}}`), "flask-session? session"},
		{"RQ's queues", "rq:queues", members("set", "rq:queue:default"), "rq queues"},
		{"a list in RQ's name", "rq:queue:default", members("list", "1"), "rq? queue"},
		{"nothing", "user:1", str(`{"a":1}`), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			k := Explain([]byte(tt.key), tt.sample)
			got := summary(Key{Framework: k.Framework, Kind: k.Kind, Finding: k.Finding})
			if got != tt.want {
				t.Errorf("%q: got %q, want %q (%s)", tt.key, got, tt.want, k.Reason)
			}
			if !k.Grade.Certain() && k.Invalidate != "" {
				t.Errorf("%q: %q is offered on a guess", tt.key, k.Invalidate)
			}
			if k.Framework != "" && k.Reason == "" {
				t.Errorf("%q: no reason", tt.key)
			}
		})
	}
}

// A value decides what a key is for, whatever its name promises.
func TestRoleOf_Value(t *testing.T) {
	t.Parallel()
	tests := []struct {
		key    string
		sample Sample
		want   Role
	}{
		{"mailer", members("list", envelope), Queue},
		{"wiki:9f2", str(cookie), Session},
		{"asgi::group:chat", members("zset", "specific.a!b"), Queue},
		{"asynq:{default}:t:0a", fields("msg", "x", "state", "pending"), Queue},
		{"session_" + strings.Repeat("Q", 52), Sample{Type: "string", Layers: []string{"gob"}, Head: []byte("\x0e\xff\x81")}, Session},
		{"sess:1", str(flaskPickle), Entry},
		{"queue:jobs", str("3 jobs"), Unknown},
		{"order:lock", members("list", "a"), Unknown},
		{"oats", str(`{"cookie":"oat"}`), Unknown},
		{"feed", members("list", `{"id":1}`, `{"id":2}`), Unknown},
		{"sess:9", str(`{"user":1}`), Session},
	}
	for _, tt := range tests {
		if got := RoleOf([]byte(tt.key), tt.sample); got != tt.want {
			t.Errorf("%q: %v, want %v", tt.key, got, tt.want)
		}
	}
}
