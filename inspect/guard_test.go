package inspect

import (
	"context"
	"errors"
	"testing"

	"github.com/redis/go-redis/v9"
)

// The guard is the last thing before the wire, so it is tried with commands
// that no call of this package sends.
func TestGuard(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name              string
		args              []any
		allowed, readOnly bool
	}{
		{"look", []any{"scan", "0"}, true, true},
		{"look with upper case", []any{"TYPE", "k"}, true, true},
		{"subcommand", []any{"memory", "usage", "k"}, true, true},
		{"own database", []any{"select", 2}, true, true},
		{"another database", []any{"select", 0}, false, false},
		{"another database as text", []any{"select", "2 "}, false, false},
		{"write", []any{"unlink", "k"}, true, false},
		{"flush", []any{"flushdb"}, true, false},
		{"restore", []any{"restore", "k", 0, ""}, true, false},
		{"everything", []any{"flushall"}, false, false},
		{"set", []any{"set", "k", "v"}, false, false},
		{"edit", []any{"set", "k", []byte("v"), "xx", "keepttl"}, true, false},
		{"set with more", []any{"set", "k", "v", "xx", "keepttl", "get"}, false, false},
		{"rename", []any{"rename", "k", "l"}, true, false},
		{"keys", []any{"keys", "*"}, false, false},
		{"config", []any{"config", "set", "maxmemory", "1"}, false, false},
		{"other subcommand", []any{"memory", "purge"}, false, false},
		{"kill", []any{"client", "kill", "x"}, false, false},
		{"script", []any{"eval", "return 1", 0}, false, false},
		{"monitor", []any{"monitor"}, false, false},
		{"debug", []any{"debug", "sleep", "1"}, false, false},
		{"nothing", []any{}, false, false},
		{"bytes for a name", []any{[]byte("flushall")}, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, readOnly := range []bool{false, true} {
				want := tt.allowed
				if readOnly {
					want = tt.readOnly
				}
				sent := false
				g := guard{readOnly: readOnly, db: 2}
				one := g.ProcessHook(func(context.Context, redis.Cmder) error { sent = true; return nil })
				err := one(t.Context(), redis.NewCmd(t.Context(), tt.args...))
				if sent != want || (err == nil) != want {
					t.Errorf("read-only %v: sent %v, %v", readOnly, sent, err)
				}
				if !want && tt.allowed && !errors.Is(err, ErrReadOnly) {
					t.Errorf("refused with %v", err)
				}
				sent = false
				many := g.ProcessPipelineHook(func(context.Context, []redis.Cmder) error { sent = true; return nil })
				ping := redis.NewCmd(t.Context(), "ping")
				err = many(t.Context(), []redis.Cmder{ping, redis.NewCmd(t.Context(), tt.args...)})
				if sent != want || (err == nil) != want || (ping.Err() == nil) != want {
					t.Errorf("pipeline, read-only %v: sent %v, %v", readOnly, sent, err)
				}
			}
		})
	}
}
