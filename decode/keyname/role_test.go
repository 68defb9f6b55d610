package keyname

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

func TestRoleOf(t *testing.T) {
	t.Parallel()
	tests := map[Role][]string{
		Entry: {
			"flask_cache_view//about", "flask_cache_session:1", "flask_cache_lock", ":1:cart", "shop:app.square_memver",
			"laravel_cache_:queue:1",
		},
		Session: {
			"session:abc", "sess:abc", "session:a:b", "prod:sessions:42", "user:42:session", "PHPREDIS_SESSION:1",
			"spring:session:sessions:abc", "spring:session:expirations:1700000000000", "session:1:abc",
			":1:django.contrib.sessions.cache" + strings.Repeat("a", 32),
			"2::" + strings.Repeat("0", 64),
		},
		Queue: {
			"celery", "_kombu.binding.celery", "unacked", "unacked_mutex", "celery-task-meta-1", "mails\x06\x163", "rq:job:1",
			"rq:queue:default", "bull:mail:wait", "queue:default", "arq:queue", "dramatiq:default.msgs",
			"huey.redis.app", "resque:failed", "redbeat::schedule", "queues:default:delayed",
			"laravel_database_queues:default", "app:jobs:17", "shop:queue:mail",
		},
		Lock: {
			"lock:order:1", "order:1:lock", "order_lock", "shop:order-lock:7", "cron.mutex", "redisson_lock__channel:{x}", "job-lock:default:x",
		},
		RateLimit: {"rack::attack:29:req/ip:1.2.3.4", "LIMITER/1.2.3.4/1/1/minute", "LIMITS:LIMITER/x", "api:throttle:9", "rlflx:1"},
		Unknown:   {"", "user", "user:42:cart", "block:1", "jobseeker:1", "cache:jobs:list", "mycache:session:1", "\xff\xfe", "sessions_of_today"},
	}
	for want, names := range tests {
		for _, name := range names {
			if got := RoleOf([]byte(name), Sample{}); got != want {
				t.Errorf("%q: %v, want %v", name, got, want)
			}
		}
	}
}

// TestRolesOfTheCorpus holds the roles against keys that the frameworks' own
// libraries wrote: what they call a session is one, and what they cached is
// nothing else than a cache entry.
func TestRolesOfTheCorpus(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../testdata/corpus/manifest.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[Role]int{}
	for line := range bytes.Lines(raw) {
		var c struct {
			ID       string
			Key      []byte
			Expected struct{ Key map[string]any }
		}
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		framework, _ := c.Expected.Key["framework"].(string)
		if framework == "" {
			continue
		}
		got := RoleOf(c.Key, Sample{})
		seen[got]++
		kind, _ := c.Expected.Key["kind"].(string)
		session := strings.Contains(kind, "session") || strings.Contains(framework, "session")
		work := strings.HasPrefix(framework, "celery") || framework == "rq" || framework == "bullmq" || framework == "sidekiq"
		switch {
		case session != (got == Session), work != (got == Queue), got == Lock, got == RateLimit && framework != "rack-attack":
			t.Errorf("%s %q of %s: %v", c.ID, c.Key, framework, got)
		}
	}
	if seen[Session] == 0 || seen[Queue] == 0 || seen[Entry] == 0 {
		t.Errorf("the corpus says nothing: %v", seen)
	}
}
