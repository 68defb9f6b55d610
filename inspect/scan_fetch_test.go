package inspect

import (
	"testing"
	"time"
)

func TestPaceSettlesAtHalfAMillisecond(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		cost     func(page, count int) time.Duration
		low, top int
	}{
		{"fast server", perKey(10 * time.Nanosecond), maxCount, maxCount},
		{"a microsecond a key", perKey(time.Microsecond), 450, 550},
		{"slow server", perKey(100 * time.Microsecond), minCount, minCount},
		{"odd slow pages", func(page, count int) time.Duration {
			if page%3 == 0 {
				return 30 * time.Millisecond
			}
			return time.Duration(count) * time.Microsecond
		}, 450, 550},
		{"the server gets slower", func(page, count int) time.Duration {
			if page < 30 {
				return time.Duration(count) * time.Microsecond
			}
			return time.Duration(count) * 4 * time.Microsecond
		}, 100, 150},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := pace{count: firstCount}
			for page := range 60 {
				next := p.after(tt.cost(page, p.count))
				if next.count > 2*p.count || next.count < minCount || next.count > maxCount {
					t.Fatalf("%d after %d", next.count, p.count)
				}
				p = next
			}
			if p.count < tt.low || p.count > tt.top {
				t.Errorf("count %d", p.count)
			}
		})
	}
}

// TestPaceOfAFarServerIsWhatItSays has replies whose times vary by more than the
// pages cost.
func TestPaceOfAFarServerIsWhatItSays(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		each     time.Duration
		low, top int
	}{
		"a microsecond a key": {time.Microsecond, 900, 1100},
		"slow server":         {20 * time.Microsecond, minCount, minCount},
		"fast server":         {10 * time.Nanosecond, maxCount, maxCount},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := pace{count: firstCount, far: true}
			spent, asked := time.Hour, 0
			for page := range 200 {
				spent += time.Duration(p.count) * tt.each
				p = p.after(time.Duration(1+page%5) * 4 * time.Millisecond)
				if p.due() {
					p = p.told(spent)
					asked++
				}
				if page == 100 {
					spent = 0 // CONFIG RESETSTAT
				}
			}
			if p.count < tt.low || p.count > tt.top || asked > 10 {
				t.Errorf("count %d after asking %d times", p.count, asked)
			}
		})
	}
}

func perKey(d time.Duration) func(page, count int) time.Duration {
	return func(_, count int) time.Duration { return time.Duration(count) * d }
}
