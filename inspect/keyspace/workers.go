package keyspace

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// maxWorkers bounds the goroutines of one piece of work: memory is soon the
// limit, and the rest of the program wants to run.
const maxWorkers = 4

func workers() int { return min(runtime.GOMAXPROCS(0), maxWorkers) }

// parallel calls do for the blocks 0 to n-1, each once, from a few goroutines.
// It stops between two blocks when ctx is done and returns ctx's error. The
// worker's number is below workers().
//
// Between two blocks it lets others run. It would take the runtime ten
// milliseconds to do so by itself when every processor is busy, and that is how
// long a key that was pressed would wait for its screen.
func parallel(ctx context.Context, n int, do func(worker, block int)) error {
	var next atomic.Int64
	work := func(worker int) {
		for ctx.Err() == nil {
			block := int(next.Add(1)) - 1
			if block >= n {
				return
			}
			do(worker, block)
			runtime.Gosched()
		}
	}
	var wg sync.WaitGroup
	for w := 1; w < min(workers(), n); w++ {
		wg.Go(func() { work(w) })
	}
	work(0)
	wg.Wait()
	if int(next.Load()) < n {
		return ctx.Err()
	}
	return nil
}

// A punctual context looks at the clock. The timer of its deadline may be late
// by ten milliseconds while every processor is busy.
type punctual struct{ context.Context }

// Err is that of the context, and after its deadline that it was exceeded.
func (p punctual) Err() error {
	if err := p.Context.Err(); err != nil {
		return err
	}
	if at, ok := p.Deadline(); ok && !time.Now().Before(at) {
		return context.DeadlineExceeded
	}
	return nil
}
