package insight

import (
	"context"
	"time"

	"cacheview/inspect"
)

// Teller is what a look at a server's figures needs; *inspect.Client is one.
type Teller interface {
	Info(ctx context.Context) (inspect.Info, error)
	Databases(ctx context.Context) ([]inspect.Database, error)
	Ping(ctx context.Context) (time.Duration, error)
	Slowlog(ctx context.Context, limit int) ([]inspect.Slow, error)
}

// SlowShown is how many entries of the slow log a look takes.
const SlowShown = 10

// Look asks a server for its figures, and compares them with an earlier look,
// which may be the zero Info. What the user may not ask stays zero.
func Look(ctx context.Context, ask Teller, before inspect.Info) (v Vitals, err error) {
	if v.Ping, err = ask.Ping(ctx); err != nil {
		return v, err
	}
	if v.Info, err = ask.Info(ctx); err != nil {
		return v, err
	}
	v.Rates, _ = Between(before, v.Info)
	if v.Databases, err = ask.Databases(ctx); err != nil {
		return v, err
	}
	v.Slow, err = ask.Slowlog(ctx, SlowShown)
	return v, err
}
