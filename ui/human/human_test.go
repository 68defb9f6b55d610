package human

import (
	"testing"
	"time"
)

func TestCount(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", -1234567: "-1,234,567", -100: "-100"} {
		if got := Count(n); got != want {
			t.Errorf("Count(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestPlural(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0 keys", 1: "1 key", 2000: "2,000 keys"} {
		if got := Plural(n, "key"); got != want {
			t.Errorf("Plural(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestSize(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{
		0: "0 B", 1023: "1023 B", 1024: "1.00 KB", 10_234: "9.99 KB", 10_239: "10.0 KB",
		999 << 10: "999 KB", 1<<20 - 1: "1.00 MB", 5 << 30: "5.00 GB", 1 << 60: "1024 PB",
	} {
		if got := Size(n); got != want {
			t.Errorf("Size(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestLifetime(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		-time.Second:          "0s",
		0:                     "0s",
		time.Millisecond:      "1s",
		99 * time.Second:      "99s",
		100 * time.Second:     "1m40s",
		187 * time.Second:     "3m07s",
		5*time.Hour + 12*60e9: "5h12m",
		31 * 24 * time.Hour:   "31d00h",
		400 * 24 * time.Hour:  "400d",
	} {
		if got := TTLText(d); got != want {
			t.Errorf("Lifetime(%v) = %q, want %q", d, got, want)
		}
	}
}
