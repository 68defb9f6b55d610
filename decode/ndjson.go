package decode

import (
	"bytes"

	"cacheview/decode/value"
)

// sniffNDJSON wants at least two lines that are objects or arrays, so that
// ordinary text in brackets is not taken for it.
func sniffNDJSON(in *input) (string, bool) {
	first, rest, found := bytes.Cut(bytes.TrimRight(in.raw, jsonSpace), []byte("\n"))
	if !found || !startsContainer(first) || !startsContainer(rest) {
		return "", false
	}
	return "every line is an object or array", true
}

func startsContainer(line []byte) bool {
	return len(line) >= 2 && (line[0] == '{' || line[0] == '[')
}

// parseNDJSON reads one JSON value a line into a list. Blank lines are allowed.
func parseNDJSON(raw []byte, lim value.Limits) (value.Value, int, *value.Error) {
	s, err := newJSONScanner("ndjson", raw, lim)
	if err != nil {
		return s.p.root(), 0, err
	}
	mark, err := s.p.open(0)
	for s.space(); err == nil && s.pos < len(raw); s.space() {
		at := len(s.p.stack)
		if err = s.value(); err != nil {
			err = s.p.inItem(err, listBox, mark, at)
			break
		}
		end := s.pos
		s.space()
		if s.pos < len(raw) && bytes.IndexByte(raw[end:s.pos], '\n') < 0 {
			err = s.p.fail(value.Corrupt, end, "two values on one line")
		}
	}
	err = firstError(err, s.p.close(listBox, 0, mark))
	return s.p.root(), s.pos, err
}
