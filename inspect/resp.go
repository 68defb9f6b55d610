package inspect

import (
	"bytes"
	"errors"
	"strconv"
)

// errReply is returned for a reply that is not what its command answers with.
var errReply = errors.New("unexpected reply")

// replyError is an error that the server answered with, read from a raw reply;
// go-redis knows it by the method RedisError.
type replyError string

// Error is the server's text.
func (e replyError) Error() string { return string(e) }

// RedisError marks the type.
func (replyError) RedisError() {}

// replyReader reads a raw reply in place: what it returns are views of it. The
// reply is complete, go-redis has seen to that, but not trusted.
type replyReader struct{ b []byte }

// line takes the next line, without its end.
func (r *replyReader) line() (kind byte, rest []byte, err error) {
	end := bytes.IndexByte(r.b, '\n')
	if end < 2 {
		return 0, nil, errReply
	}
	line := r.b[:end-1]
	r.b = r.b[end+1:]
	if line[0] == '-' {
		return 0, nil, replyError(line[1:])
	}
	return line[0], line[1:], nil
}

// array takes the head of an array, a set, a push or a map, and returns how
// many values follow; -1 stands for none.
func (r *replyReader) array() (int, error) {
	kind, rest, err := r.line()
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(string(rest))
	switch {
	case kind == '_':
		return -1, nil
	case err != nil || n > len(r.b):
		return 0, errReply
	case kind == '*' || kind == '~' || kind == '>':
		return n, nil
	case kind == '%':
		return 2 * n, nil
	}
	return 0, errReply
}

// text takes a string of any form, or a number; nil stands for none.
func (r *replyReader) text() ([]byte, error) {
	kind, rest, err := r.line()
	if err != nil {
		return nil, err
	}
	switch kind {
	case '_':
		return nil, nil
	case '+', ':', ',', '(', '#':
		return rest, nil
	case '$', '=':
		n, ok := size(rest)
		if !ok {
			return nil, nil
		}
		if n+2 > len(r.b) {
			return nil, errReply
		}
		s := r.b[:n:n]
		r.b = r.b[n+2:]
		return s, nil
	}
	return nil, errReply
}

// number takes an integer.
func (r *replyReader) number() (int64, error) {
	text, err := r.text()
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil {
		return 0, errReply
	}
	return n, nil
}

// size reads the decimal length of a string; ok is false for -1.
func size(digits []byte) (n int, ok bool) {
	for _, d := range digits {
		if d < '0' || d > '9' || n > 1<<32 {
			return 0, false
		}
		n = n*10 + int(d-'0')
	}
	return n, len(digits) > 0
}

// cursor takes the head of the reply to SCAN and its kind, up to the list.
func (r *replyReader) cursor() (uint64, error) {
	n, err := r.array()
	if err != nil {
		return 0, err
	}
	text, err := r.text()
	if err != nil {
		return 0, err
	}
	cursor, err := strconv.ParseUint(string(text), 10, 64)
	if err != nil || n != 2 {
		return 0, errReply
	}
	return cursor, nil
}

// texts takes a list of strings, appended to dst.
func (r *replyReader) texts(dst [][]byte) ([][]byte, error) {
	n, err := r.array()
	if err != nil {
		return dst, err
	}
	for range n {
		s, err := r.text()
		if err != nil {
			return dst, err
		}
		dst = append(dst, s)
	}
	return dst, nil
}
