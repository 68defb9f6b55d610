package inspect

import (
	"math"
	"testing"
)

// TestShareOfACursor goes through tables, and through slots that have tables of
// their own.
func TestShareOfACursor(t *testing.T) {
	t.Parallel()
	const slots = "100-199 5000 [5000->-0123456789abcdef]"
	for _, tt := range []struct {
		name      string
		got, want float64
	}{
		{"the first bucket", tableShare(0), 0},
		{"half of a table", tableShare(1), 0.5},
		{"three quarters", tableShare(3), 0.75},
		{"the first slot", slotShare(100, slots), 0},
		{"half of the first slot", slotShare(1<<14|100, slots), 0.5 / 101},
		{"half of the slots", slotShare(150, slots), 50.0 / 101},
		{"the last slot", slotShare(5000, slots), 100.0 / 101},
		{"a slot that came meanwhile", slotShare(9000, slots), 1},
		{"a node without slots", slotShare(9000, ""), 0},
	} {
		if math.Abs(tt.got-tt.want) > 1e-9 {
			t.Errorf("%s: %v, want %v", tt.name, tt.got, tt.want)
		}
	}
}

// TestServersWithATableForEachSlot names them.
func TestServersWithATableForEachSlot(t *testing.T) {
	t.Parallel()
	for version, want := range map[[2]string]bool{
		{"Redis", "7.0.15"}: false, {"Redis", "7.2.4"}: false, {"Redis", "7.4.0"}: true, {"Redis", "8.0.2"}: true, {"Redis", ""}: false,
		{"Valkey", "7.2.5"}: false, {"Valkey", "8.0.1"}: true, {"KeyDB", "6.3.4"}: false,
	} {
		if got := slotTables(Server{Product: version[0], Version: version[1]}); got != want {
			t.Errorf("%v: %v, want %v", version, got, want)
		}
	}
}
