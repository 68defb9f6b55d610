package keyname

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"cacheview/decode/evidence"
)

func TestExplain(t *testing.T) {
	t.Parallel()
	tests := []struct {
		key, want string
		layers    []string
	}{
		{"flask_cache_view//about", "flask-caching? view prefix=flask_cache_ path=/about", nil},
		{"flask_cache_homepage", "flask-caching? manual prefix=flask_cache_ key=homepage", nil},
		{"flask_cache_memoize:square:4", "flask-caching? memoize prefix=flask_cache_ function=square args=4", nil},
		{"flask_cache_qZekQzSR0mDNMJzUbulGlA", "flask-caching? memoize prefix=flask_cache_ hash=qZekQzSR0mDNMJzU memver=bulGlA", nil},
		{"shop:app.square_memver", "flask-caching? memver prefix=shop: function=app.square", nil},
		{
			":1:views.decorators.cache.cache_page..GET.c80012737792ea842a7c8933323c2e13.d41d8cd98f00b204e9800998ecf8427e.en-us.UTC",
			"django? cache_page prefix= version=1 key=views.decorators.cache.cache_page..GET.c80012737792ea842a7c8933323c2e13.d41d8cd98f00b204e9800998ecf8427e.en-us.UTC method=GET url_md5=c80012737792ea842a7c8933323c2e13 headers_md5=d41d8cd98f00b204e9800998ecf8427e locale=en-us.UTC", nil,
		},
		{":2:a:b", "django? value prefix= version=2 key=a:b", nil},
		{"shop:3:cart:9", "", nil},
		{"user:42:cart", "", nil},
		{"user:42:cart", "django? value prefix=user version=42 key=cart", []string{"zlib", "pickle4"}},
		{"celery-task-meta-abc", "celery? result task_id=abc", nil},
		{"tenant_celery-task-meta-abc", "celery? result prefix=tenant_ task_id=abc", nil},
		{"_kombu.binding.celery", "celery? binding exchange=celery", nil},
		{"rq:job:1", "rq? job id=1", nil},
		{"rq:other:1", "", nil},
		{"bull:mail:wait", "bullmq? wait queue=mail part=wait", nil},
		{"bull:mail:17", "bullmq? job queue=mail part=17", nil},
		{"laravel_cache_:k", "laravel? value cache_prefix=laravel_cache_: key=k", nil},
		{"laravel_cache_user_1", "laravel? value cache_prefix=laravel_cache_ key=user_1", nil},
		{"laravel-database-laravel-cache-k", "laravel? value redis_prefix=laravel-database- cache_prefix=laravel-cache- key=k", nil},
		{"shop_database_shop_cache:tag:vip:entries", "laravel? tag-entries redis_prefix=shop_database_ cache_prefix=shop_cache: key=tag:vip:entries tag=vip", nil},
		{"my_cache:k", "", nil},
		{"keyv::keyv:a:b", "keyv? value namespace=keyv key=a:b", nil},
		{"books::42", "", nil},
		{"spring:session:sessions:abc", "spring-session? session namespace=spring:session id=abc", nil},
		{"spring:session:sessions:expires:abc", "spring-session? session-expiry namespace=spring:session id=abc", nil},
		{"rack::attack:29:req/ip:1.2.3.4", "rack-attack? throttle key=29:req/ip:1.2.3.4", nil},
		{"queue:default", "", nil},
		{"retry", "", nil},
		{"stat:processed:2026-01-01", "", nil},
		{"sess:a", "express-session? session sid=a", nil},
		{"session:a", "flask-session? session prefix=session: sid=a", nil},
		{"session:a:b", "", nil},
		{"fastapi-cache:ns:c77170884a2f59c6fd44a63c936d8b36", "fastapi-cache? function prefix=fastapi-cache namespace=ns hash=c77170884a2f59c6fd44a63c936d8b36", nil},
		{"http_cache-redirects", "requests-cache? redirects namespace=http_cache", nil},
		{"app\x01tags\x01red", "symfony? tag namespace=app tag=red", nil},
		{"shop:k/array", "", nil},
		{"shop:k/array", "rails value namespace=shop key=k/array", []string{"rails-7.1", "ruby-marshal"}},
		{"x", "go-redis/cache? value key=x", []string{"go-redis-cache", "msgpack"}},
		{"", "", nil},
		{"user", "", nil},
		{"mails\x06\x163", "celery? queue queue=mails", nil},
		{"shop_database_queues:mails:reserved", "laravel-queue? queue queue=mails part=reserved", nil},
		{"queues:mails", "laravel-queue? queue queue=mails", nil},
		{"arq:job:1", "arq? job key=job:1", nil},
		{"LIMITER/1.2.3.4/1/1/minute", "limits? limit key=1.2.3.4/1/1/minute", nil},
		{"lock:order", "redis-lock? lock key=order", nil},
		{"\xff\xfe:1", "", nil},
		{":1:", "", nil},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%q%v", tt.key, tt.layers), func(t *testing.T) {
			t.Parallel()
			if got := summary(Explain([]byte(tt.key), Sample{Layers: tt.layers})); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// summary is a Key on one line, with "?" when it is not certain.
func summary(k Key) string {
	if k.Framework == "" {
		return ""
	}
	s := k.Framework
	if k.Grade != evidence.Proven {
		s += "?"
	}
	s += " " + k.Kind
	for _, p := range k.Parts {
		s += " " + p.Name + "=" + p.Text
	}
	return s
}

var (
	flaskValue = Sample{Type: "string", Layers: []string{"flask-caching", "pickle5"}}
	pickled    = Sample{Type: "string", Layers: []string{"pickle5"}}
)

func TestInvalidateIsACall(t *testing.T) {
	t.Parallel()
	tests := []struct {
		key, want string
		sample    Sample
	}{
		{"flask_cache_homepage", "cache.delete('homepage')", flaskValue},
		{"flask_cache_it's", `cache.delete("it's")`, flaskValue},
		{"flask_cache_x\n'", `cache.delete("x\n'")`, flaskValue},
		{"flask_cache_memoize:square:4", "cache.delete('memoize:square:4')", flaskValue},
		{"flask_cache__template_fragment_cache_nav_de", "cache.delete('_template_fragment_cache_nav_de')", flaskValue},
		{":1:cart", "cache.delete('cart')", pickled},
		{":2:cart", "cache.delete('cart', version=2)", pickled},
		{":1:cart", "", Sample{}},
		{":1:cart\xff", "", pickled},
		{"laravel_cache_:it's\x00$x", `Cache::forget("it's\x00\$x")`, Sample{Type: "string", Head: []byte(`s:1:"x";`), Whole: true}},
		{"keyv::keyv:a\"b", `await keyv.delete("a\"b");`, Sample{Type: "string", Head: []byte(`{"value":1}`), Whole: true}},
		{"books::42", `cacheManager.getCache("books").evict("42");`, Sample{Type: "string", Head: []byte("\xac\xed\x00\x05t\x00\x01a"), Whole: true}},
	}
	for _, tt := range tests {
		if got := Explain([]byte(tt.key), tt.sample).Invalidate; got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.key, got, tt.want)
		}
	}
}

// hidden lists what no name can tell, by the field of the corpus: it is in a
// hash, or only the application knows.
var hidden = map[string]func(id, framework string) bool{
	"call": always, "orphan": always, "layout": always, "url": always, "query": always, "hash_of": always,
	"mangled": always, "vary_on": func(id, framework string) bool { return framework == "django" || wholeFragment(id) },
	"name": func(id, _ string) bool { return wholeFragment(id) },
	"function": func(id, _ string) bool {
		return strings.Contains(id, "-memo-") || strings.Contains(id, "square") || id == "dogpile-sha1"
	},
	"args":      func(id, _ string) bool { return id == "dogpile-sha1" },
	"namespace": func(id, _ string) bool { return id == "dogpile-sha1" || strings.HasPrefix(id, "aio-") },
}

func always(string, string) bool { return true }

// wholeFragment reports whether a key is a template fragment of Flask-Caching:
// nothing in it tells where the name ends and what it varies on begins.
func wholeFragment(id string) bool {
	return strings.HasPrefix(id, "fc") && strings.HasSuffix(id, "-fragment")
}

// anybodys are names without any convention, and values without an envelope:
// nothing is known of them, and nothing is said.
var anybodys = []string{"aio-msgpack", "aio-str", "symfony-array", "symfony-false", "symfony-string", "cashews-json", "cashews-zlib", "gocache-int"}

// TestCorpus holds Explain against keys that the frameworks' own libraries
// wrote.
func TestCorpus(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../testdata/corpus/manifest.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for line := range bytes.Lines(raw) {
		var c struct {
			ID       string
			Key      []byte
			Type     string
			File     string `json:"value_file"`
			Expected struct {
				Chain []string
				Key   map[string]any
			}
		}
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		want := c.Expected.Key
		if want == nil {
			continue
		}
		seen++
		sample := Sample{Type: c.Type}
		if c.Type == "string" && len(c.Expected.Chain) > 0 {
			value, err := os.ReadFile("../testdata/corpus/" + c.File)
			if err != nil {
				t.Fatal(err)
			}
			sample.Layers, sample.Head, sample.Whole = c.Expected.Chain, value[:min(len(value), 4096)], len(value) <= 4096
		}
		got := Explain(c.Key, sample)
		if slices.Contains(anybodys, c.ID) {
			if got.Framework != "" {
				t.Errorf("%s: %s was taken for %s", c.ID, c.Key, summary(got))
			}
			continue
		}
		framework := fmt.Sprint(want["framework"])
		for name, v := range want {
			if hide, ok := hidden[name]; ok && hide(c.ID, framework) {
				continue
			}
			check(t, c.ID, name, got, v)
		}
	}
	if seen < 150 {
		t.Errorf("only %d keys", seen)
	}
}

// check compares one field of the corpus.
func check(t *testing.T, id, name string, got Key, want any) {
	t.Helper()
	text, _ := got.Part(name)
	switch name {
	case "framework":
		text = got.Framework
		if want == "cache-manager" { // which stores through keyv
			want = "keyv"
		}
	case "kind":
		text = got.Kind
		if want == "named" { // a fixed key_prefix looks as a name for cache.set
			if _, path := got.Part("path"); !path {
				want = "manual"
			}
		}
	}
	s := fmt.Sprint(want)
	if list, ok := want.([]any); ok {
		words := make([]string, 0, len(list))
		for _, w := range list {
			words = append(words, fmt.Sprint(w))
		}
		s = strings.Join(words, "_")
	}
	if text != s {
		t.Errorf("%s: %s is %q, want %q", id, name, text, s)
	}
}

func FuzzExplain(f *testing.F) {
	for _, s := range []string{"flask_cache_x", ":1:a", "bull:a:b", "laravel_database_laravel_cache:tag:x:key", "a::a:b", "m:f|n|a"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, key []byte) {
		for _, layers := range [][]string{nil, {"rails-7.1"}, {"dogpile"}, {"cashews-signature"}, {"symfony-meta"}, {"pickle5"}} {
			k := Explain(key, Sample{Layers: layers})
			if (k.Framework == "") != (k.Kind == "") {
				t.Errorf("%q: framework %q, kind %q", key, k.Framework, k.Kind)
			}
			if strings.ContainsAny(k.Invalidate, "\x00\x1b\n") {
				t.Errorf("%q: %q", key, k.Invalidate)
			}
		}
	})
}
