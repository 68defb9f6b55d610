package journal

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"strconv"
	"time"
)

// A journal of format 2 starts with two lines of JSON. The first never changes.
// The second, the state line, has a fixed width and is overwritten once, when
// the journal is closed: it tells a file that a crash cut short from one that was
// cut afterwards. Each ends with the checksum of what is before it. The first line
// is repeated in the first frame and in the end mark.
const (
	format    = 2
	maxHeader = 64 << 10
)

// Header describes the operation that a journal belongs to.
type Header struct {
	Format int `json:"cacheview_undo"`
	// Seq orders the journals of one directory. No clock moves it. It is 0 in
	// format 1.
	Seq    uint64    `json:"seq"`
	Op     string    `json:"op"`   // "delete", "ttl", "rename", "edit", "undo", "import", ...
	What   string    `json:"what"` // a description for people
	Addr   string    `json:"addr"` // as the user addressed the server; a hint
	DB     int       `json:"db"`
	When   time.Time `json:"when"`
	Server Identity  `json:"server"`

	Marker string `json:"marker"` // of the frames, in hex
}

// castagnoli is the table of CRC-32C (RFC 3720), which processors compute.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

const crcMember = `,"crc":"`

// sealed returns v as one line of JSON whose last member is a checksum of the
// rest.
func sealed(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	b = b[:len(b)-1] // the closing brace
	sum := crc32.Checksum(b, castagnoli)
	return fmt.Appendf(b, "%s%08x\"}\n", crcMember, sum), nil
}

// unseal reads a line that sealed wrote. It reports whether the checksum holds.
func unseal(line []byte, v any) bool {
	tail := len(crcMember) + 8 + len("\"}\n")
	if len(line) < tail || !bytes.HasPrefix(line[len(line)-tail:], []byte(crcMember)) {
		return false
	}
	body := line[:len(line)-tail]
	sum, err := strconv.ParseUint(string(line[len(line)-11:len(line)-3]), 16, 32)
	if err != nil || uint32(sum) != crc32.Checksum(body, castagnoli) || string(line[len(line)-3:]) != "\"}\n" {
		return false
	}
	return json.Unmarshal(append(bytes.Clone(body), '}'), v) == nil
}

func (h Header) marker() ([]byte, bool) {
	m, err := hex.DecodeString(h.Marker)
	if err != nil || len(m) != markerLen {
		return nil, false
	}
	return m, true
}

// state is the second line.
type state struct {
	State    string `json:"state"`    // "open  " or "closed"
	Records  string `json:"records"`  // twelve digits
	Undoable string `json:"undoable"` // twelve digits: those that are not NotDone
}

// stateWidth is the width of the state line.
var stateWidth = func() int {
	line, err := sealed(newState(false, 0, 0))
	if err != nil {
		panic(err)
	}
	return len(line)
}()

const (
	stateOpen   = "open  "
	stateClosed = "closed"
)

func newState(closed bool, records, undoable int) state {
	s := state{stateOpen, twelveDigits(records), twelveDigits(undoable)}
	if closed {
		s.State = stateClosed
	}
	return s
}

func twelveDigits(n int) string { return fmt.Sprintf("%012d", n) }

func digits(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}
