package insight

import (
	"context"
	"time"

	"cacheview/inspect"
)

// VitalsSource is what a look at a server's figures needs; *inspect.Client is one.
type VitalsSource interface {
	Info(ctx context.Context) (inspect.Info, error)
	Databases(ctx context.Context) ([]inspect.Database, error)
	Ping(ctx context.Context) (time.Duration, error)
	Slowlog(ctx context.Context, limit int) ([]inspect.SlowlogEntry, error)
}

// MaxSlowlogEntries is how many entries of the slow log a look takes.
const MaxSlowlogEntries = 10

// ReadVitals asks a server for its figures, and compares them with an earlier look,
// which may be the zero Info. What the user may not ask stays zero.
func ReadVitals(ctx context.Context, ask VitalsSource, before inspect.Info) (v Vitals, err error) {
	if v.Ping, err = ask.Ping(ctx); err != nil {
		return v, err
	}
	if v.Info, err = ask.Info(ctx); err != nil {
		return v, err
	}
	v.Rates, _ = RatesBetween(before, v.Info)
	if v.Databases, err = ask.Databases(ctx); err != nil {
		return v, err
	}
	v.Slow, err = ask.Slowlog(ctx, MaxSlowlogEntries)
	return v, err
}
