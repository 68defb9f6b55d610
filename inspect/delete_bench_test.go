package inspect_test

import (
	"testing"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

// BenchmarkDelete deletes 200,000 keys without and with an undo journal, and
// undoes it.
func BenchmarkDelete(b *testing.B) {
	const n = 200_000
	srv := inspecttest.Start(b)
	c, err := inspect.Open(b.Context(), inspect.Config{URL: srv.URL(0), StateDir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	for name, opt := range map[string]inspect.DeleteOptions{"plain": {NoUndo: true}, "undoable": {}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				srv.Fill(0, n, manyNames, "a value of some forty bytes, as they are")
				p, err := c.Plan(b.Context(), inspect.Selection{Prefix: []byte("flask_")}, nil)
				if err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				report, err := c.Delete(b.Context(), p, opt)
				if err != nil || report.Deleted != n || report.NotUndoable != 0 && !opt.NoUndo {
					b.Fatal(report, err)
				}
			}
			b.ReportMetric(float64(b.N)*n/b.Elapsed().Seconds(), "keys/s")
		})
	}
	b.Run("undo", func(b *testing.B) {
		for b.Loop() {
			report, err := c.Undo(b.Context(), "", inspect.UndoOptions{Replace: true})
			if err != nil || report.Restored != n {
				b.Fatal(report, err)
			}
		}
		b.ReportMetric(float64(b.N)*n/b.Elapsed().Seconds(), "keys/s")
	})
}
