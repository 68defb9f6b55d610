package inspect_test

import (
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
	"cacheview/inspect/keyspace"
)

const manyKeys = 1_000_000

func manyNames(i int) string { return fmt.Sprintf("flask_cache_view//page/%07d?q=abc", i) }

// BenchmarkListing lists a million keys, with a bare go-redis loop in the same
// run as the measure.
func BenchmarkListing(b *testing.B) {
	srv := inspecttest.Start(b)
	srv.Fill(0, manyKeys, manyNames, "x")
	ctx := b.Context()

	b.Run("bare go-redis", func(b *testing.B) {
		rdb := redis.NewClient(&redis.Options{Addr: srv.Addr})
		defer rdb.Close()
		for b.Loop() {
			names := make([]string, 0, manyKeys)
			for cursor := uint64(0); ; {
				page, next, err := rdb.Scan(ctx, cursor, "", 1000).Result()
				if err != nil {
					b.Fatal(err)
				}
				if names = append(names, page...); next == 0 {
					break
				}
				cursor = next
			}
		}
		b.ReportMetric(float64(b.N)*manyKeys/b.Elapsed().Seconds(), "keys/s")
	})

	b.Run("scan", func(b *testing.B) {
		c, err := inspect.Open(ctx, inspect.Config{URL: srv.URL(0)})
		if err != nil {
			b.Fatal(err)
		}
		defer c.Close()
		var first time.Duration
		for b.Loop() {
			start := time.Now()
			scan := c.NewScan(keyspace.New(manyKeys), inspect.ScanOptions{})
			page, err := scan.Next(ctx)
			first += time.Since(start)
			for err == nil {
				page, err = scan.Next(ctx)
			}
			if !errors.Is(err, io.EOF) || page.Progress.Scanned != manyKeys {
				b.Fatal(page.Progress, err)
			}
		}
		b.ReportMetric(float64(b.N)*manyKeys/b.Elapsed().Seconds(), "keys/s")
		b.ReportMetric(float64(first.Microseconds())/float64(b.N), "us/first-page")
	})
}
