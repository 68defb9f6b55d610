package inspect_test

import (
	"testing"

	"cacheview/inspect"
)

func TestPrefixes_Segments(t *testing.T) {
	t.Parallel()
	p := inspect.PrefixesOf(nil)
	for _, tt := range []struct {
		name  string
		depth int
		want  string
	}{
		{"flask_cache_view//about", 1, "flask_cache_"},
		{"flask_cache_view//about", 2, "flask_cache_view/"},
		{"flask_cache_WZuvePfNJeiKltXUAAAAAA", 2, "flask_cache_"},
		{"flask_cache_v1:home", 2, "flask_cache_v1:"},
		{"celery-task-meta-0b4c", 1, "celery-task-meta-"},
		{"user:1:name", 1, "user:"},
		{"user:1:name", 5, "user:1:"},
		{"plain", 1, ""},
		{"view//about", 1, ""},
	} {
		if got := string(p.Segments([]byte(tt.name), ":", tt.depth)); got != tt.want {
			t.Errorf("%s, %d: got %q, want %q", tt.name, tt.depth, got, tt.want)
		}
	}
}
