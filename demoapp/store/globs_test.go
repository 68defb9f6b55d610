package store_test

import (
	"context"
	"errors"
	"testing"

	"github.com/redis/go-redis/v9"
)

// TestNoGlobEndsTheDemo sends globs that the embedded store would panic on.
func TestNoGlobEndsTheDemo(t *testing.T) {
	t.Parallel()
	opt, err := redis.ParseURL(opened(t).URL())
	if err != nil {
		t.Fatal(err)
	}
	rdb := redis.NewClient(opt)
	defer rdb.Close()
	if err := rdb.Set(t.Context(), "a", "1", 0).Err(); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, glob string
		taken      bool
	}{
		{"plain", "a*", true},
		{"a class", "[a-c]", true},
		{"an empty class", "[]", true},
		{"an open class", "[ab", true},
		{"an escaped bracket", `\[z-a]`, true},
		{"a backslash at the end", `a\`, true},
		{"not UTF-8", "a\xff*", false},
		{"a range the wrong way round", "[z-a]", false},
		{"nothing negated", "[^]", false},
		{"an unknown named class", "[[:none:]]", false},
		{"not UTF-8 in a class", "[\xfe]", false},
		{"half an escape in a class", `[a\`, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for cmd, args := range map[string][]any{
				"scan": {"scan", 0, "match", tt.glob}, "keys": {"keys", tt.glob},
				"hscan": {"hscan", "h", 0, "match", tt.glob}, "pubsub": {"pubsub", "channels", tt.glob},
			} {
				err := rdb.Do(context.Background(), args...).Err()
				_, refused := errors.AsType[redis.Error](err)
				if tt.taken == refused || !refused && err != nil {
					t.Errorf("%s: %v", cmd, err)
				}
			}
		})
	}
	if err := rdb.Get(t.Context(), "a").Err(); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
