package keyspace

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// maxWorkers bounds the goroutines of one piece of work: memory is soon the
// limit, and the rest of the program wants to run.
const maxWorkers = 4

func workers() int { return min(runtime.GOMAXPROCS(0), maxWorkers) }

// parallel calls do for the blocks 0 to n-1, each once, from a few goroutines.
// It stops between two blocks when ctx is done and returns ctx's error. The
// worker's number is below workers().
func parallel(ctx context.Context, n int, do func(worker, block int)) error {
	var next atomic.Int64
	work := func(worker int) {
		for ctx.Err() == nil {
			block := int(next.Add(1)) - 1
			if block >= n {
				return
			}
			do(worker, block)
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
