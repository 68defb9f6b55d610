package demoapp

import (
	"context"
	"math/big"
	"time"
)

// regularsEvery is longer than any page of the guide is kept, so that its keys
// are seen to expire and to come back.
const regularsEvery = 75 * time.Second

// regulars visit the guide's own pages now and then, so that its keys are there
// to be looked at before anybody has asked for a page. They leave square(4) and
// all larger ones to people, whose first visit is therefore slow.
func (a *App) regulars(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		timer.Reset(regularsEvery)
		_, _ = a.homePart(ctx)
		for n := range int64(3) {
			_, _ = a.squareOf(ctx, big.NewInt(n+1))
		}
	}
}
