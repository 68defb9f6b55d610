package value

import "time"

// Meter counts what one reading made, for a budget that several readings share.
// A nil Meter counts nothing.
type Meter struct {
	Nodes int
	Text  int64
	// Time ends slow work that no other limit ends in time, counted from the
	// first call of Late. Zero means never.
	Time  time.Duration
	until time.Time
}

// Add counts n values.
func (m *Meter) Add(n int) {
	if m != nil {
		m.Nodes += n
	}
}

// AddText counts n bytes of text that are not views of the input.
func (m *Meter) AddText(n int) {
	if m != nil {
		m.Text += int64(n)
	}
}

// Late reports whether the time for the work is over.
func (m *Meter) Late() bool {
	if m == nil || m.Time == 0 {
		return false
	}
	now := time.Now()
	if m.until.IsZero() {
		m.until = now.Add(m.Time)
	}
	return now.After(m.until)
}
