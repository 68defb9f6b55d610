package human_test

import (
	"testing"
	"time"

	"cacheview/ui/human"
)

func TestParseLifetime(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"30":           30 * time.Second,
		"30s":          30 * time.Second,
		"5m":           5 * time.Minute,
		"1h30m":        90 * time.Minute,
		"1h 30m":       90 * time.Minute,
		"2d":           48 * time.Hour,
		"2D12H":        60 * time.Hour,
		"1w":           7 * 24 * time.Hour,
		"1500ms":       1500 * time.Millisecond,
		"3m07s":        3*time.Minute + 7*time.Second,
		"0s":           0,
		"":             -1,
		"s":            -1,
		"5x":           -1,
		"1h30":         -1, // minutes or seconds?
		"-5m":          -1,
		"1.5h":         -1,
		"99999999999d": -1,
		"999999999999": -1,
	} {
		got, err := human.ParseTTL(text)
		if (err != nil) != (want < 0) || err == nil && got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}

func TestParseLifetimeReadsWhatLifetimeWrites(t *testing.T) {
	t.Parallel()
	for _, d := range []time.Duration{time.Second, 99 * time.Second, 187 * time.Second, 5*time.Hour + 12*time.Minute, 31*24*time.Hour + 3*time.Hour, 400 * 24 * time.Hour} {
		if got, err := human.ParseTTL(human.TTLText(d)); err != nil || got != d {
			t.Errorf("%v: %v, %v", d, got, err)
		}
	}
}
