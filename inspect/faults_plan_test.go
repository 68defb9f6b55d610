package inspect_test

import (
	"testing"

	"cacheview/inspect"
	"cacheview/inspect/inspecttest"
)

// TestPlanIsWholeOrFails breaks the connection at each step of making a plan. A
// plan of the keys that were listed until then would pass for all there are.
func TestPlanIsWholeOrFails(t *testing.T) {
	srv := inspecttest.Start(t)
	srv.Fill(0, 3000, itoa, "value")
	for _, tt := range cuts {
		t.Run(tt.name, func(t *testing.T) {
			failed := 0
			for n := 1; n < cutMost; n++ {
				proxy := inspecttest.NewProxy(t, srv.Addr)
				c := openShort(t, proxy.Addr, t.TempDir())
				proxy.CutAt(n, tt.loss, tt.refuse)
				p, err := c.Plan(lasting(), inspect.Selection{Glob: "*"}, nil)
				whole := proxy.Pending()
				_ = c.Close()
				switch {
				case err != nil && !inspect.IsDisconnected(err), err != nil && whole:
					t.Fatalf("cut %d: %v", n, err)
				case err == nil && len(p.Keys) != 3000:
					t.Fatalf("cut %d: a plan of %d keys", n, len(p.Keys))
				case err != nil:
					failed++
				}
				if whole {
					break
				}
			}
			if failed < 5 {
				t.Errorf("%d cuts", failed)
			}
		})
	}
}
