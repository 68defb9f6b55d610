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
			if len(names) != manyKeys {
				b.Fatal(len(names))
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

// BenchmarkMetadata lists a million keys with their type and time to live, with
// a plain go-redis loop in the same run as the measure.
func BenchmarkMetadata(b *testing.B) {
	srv := inspecttest.Start(b)
	srv.Fill(0, manyKeys, manyNames, "x")
	ctx := b.Context()

	b.Run("plain go-redis", func(b *testing.B) {
		rdb := redis.NewClient(&redis.Options{Addr: srv.Addr})
		defer rdb.Close()
		for b.Loop() {
			for cursor := uint64(0); ; {
				page, next, err := rdb.Scan(ctx, cursor, "", 1000).Result()
				if err != nil {
					b.Fatal(err)
				}
				_, err = rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
					for _, name := range page {
						p.Type(ctx, name)
						p.PTTL(ctx, name)
					}
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
				if next == 0 {
					break
				}
				cursor = next
			}
		}
		b.ReportMetric(float64(b.N)*manyKeys/b.Elapsed().Seconds(), "keys/s")
	})

	b.Run("scan and meta", func(b *testing.B) {
		c, err := inspect.Open(ctx, inspect.Config{URL: srv.URL(0)})
		if err != nil {
			b.Fatal(err)
		}
		defer c.Close()
		for b.Loop() {
			idx := keyspace.New(manyKeys)
			scan := c.NewScan(idx, inspect.ScanOptions{})
			for err == nil {
				var page inspect.ScanBatch
				page, err = scan.Next(ctx)
				snap := idx.Snapshot()
				var ask [][]byte
				for id := page.From; id < page.To; id++ {
					ask = append(ask, snap.Name(id))
				}
				keys, merr := c.Meta(ctx, ask, false)
				if merr != nil {
					b.Fatal(merr)
				}
				for i, k := range keys {
					idx.SetMeta(page.From+uint32(i), k.Meta)
				}
			}
			if !errors.Is(err, io.EOF) || idx.Len() != manyKeys {
				b.Fatal(idx.Len(), err)
			}
			err = nil
		}
		b.ReportMetric(float64(b.N)*manyKeys/b.Elapsed().Seconds(), "keys/s")
	})
}
