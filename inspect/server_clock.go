package inspect

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// serverClock is the server's clock, which is read once a second.
type serverClock struct {
	mu   sync.Mutex
	read time.Time
	at   int64 // Unix milliseconds
}

func (s *serverClock) now(ctx context.Context, c *Client) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.read.IsZero() || time.Since(s.read) > time.Second {
		replies, err := c.pipeline(ctx, 1, func(int) []any { return []any{"time"} })
		if err != nil {
			return 0, err
		}
		s.at, s.read = replies[0].time(), time.Now()
	}
	return s.at + time.Since(s.read).Milliseconds(), nil
}

// time reads the reply to TIME as Unix milliseconds. A server that refuses TIME is
// taken to have the clock of this machine.
func (r rawReply) time() int64 {
	rd := replyReader(r)
	if texts, err := rd.texts(nil); err == nil && len(texts) == 2 {
		var sec, usec int64
		if _, err := fmt.Sscan(string(texts[0])+" "+string(texts[1]), &sec, &usec); err == nil {
			return sec*1000 + usec/1000
		}
	}
	return time.Now().UnixMilli()
}
