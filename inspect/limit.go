package inspect

import (
	"bytes"
	"strconv"
)

// token is one line or one string of a reply, in the order of the wire. Arrays
// are tokens too: their elements follow.
type token struct {
	kind byte  // RESP's first byte
	n    int64 // elements of an array, full length of a string, the value of a number
	text []byte
}

// cut is how much of a string was left out.
func (t token) cut() int64 {
	if t.kind != '$' || t.n < 0 {
		return 0
	}
	return t.n - int64(len(t.text))
}

// cutter is a Writer for one raw reply that keeps at most field bytes of each
// string, so that a value of any size is read in bounded memory. After total
// bytes it keeps only the beginnings of strings.
type cutter struct {
	field, total int64

	tokens []token
	line   []byte // of an unfinished line
	inText bool
	skip   int64 // bytes of the string, with its end, still to come
	keep   int64 // bytes of it still to be kept
}

const cutStub = 64 // bytes kept of each string when total is used up

// Write takes a piece of the reply, cut anywhere.
func (c *cutter) Write(p []byte) (int, error) {
	all := len(p)
	for len(p) > 0 {
		if c.inText {
			p = c.text(p)
			continue
		}
		end := bytes.IndexByte(p, '\n')
		if end < 0 {
			c.line = append(c.line, p...)
			break
		}
		c.line = append(c.line, p[:end]...)
		p = p[end+1:]
		if err := c.token(bytes.TrimSuffix(c.line, []byte("\r"))); err != nil {
			return 0, err
		}
		c.line = c.line[:0]
	}
	return all, nil
}

func (c *cutter) token(line []byte) error {
	if len(line) == 0 {
		return errReply
	}
	t := token{kind: line[0]}
	switch t.kind {
	case '*', '~', '>', '%', '$', '=', ':', '|', '!':
		n, err := strconv.ParseInt(string(line[1:]), 10, 64)
		if err != nil {
			return errReply
		}
		t.n = n
	default:
		t.text = bytes.Clone(line[1:])
	}
	switch t.kind {
	case '%', '|':
		t.kind, t.n = '*', 2*t.n
	case '~', '>':
		t.kind = '*'
	case '=', '!':
		t.kind = '$'
	}
	if t.kind == '$' && t.n >= 0 {
		c.inText = true
		c.skip = t.n + 2
		c.keep = min(t.n, c.field, max(c.total, cutStub))
		c.total -= c.keep
		t.text = make([]byte, 0, c.keep)
	}
	c.tokens = append(c.tokens, t)
	return nil
}

// text takes a piece of a string and returns what is behind it.
func (c *cutter) text(p []byte) []byte {
	piece := p[:min(int64(len(p)), c.skip)]
	last := &c.tokens[len(c.tokens)-1]
	last.text = append(last.text, piece[:min(int64(len(piece)), c.keep)]...)
	c.keep -= min(int64(len(piece)), c.keep)
	c.skip -= int64(len(piece))
	c.inText = c.skip > 0
	return p[len(piece):]
}

// reader reads the finished tokens. It sticks to its first error.
func (c *cutter) reader() *tokenReader { return &tokenReader{rest: c.tokens} }

type tokenReader struct {
	rest []token
	err  error
}

func (r *tokenReader) next() token {
	if r.err != nil {
		return token{}
	}
	if len(r.rest) == 0 {
		r.err = errReply
		return token{}
	}
	t := r.rest[0]
	r.rest = r.rest[1:]
	if t.kind == '-' {
		r.err = replyError(t.text)
	}
	return t
}

// array takes the head of an array and returns how many elements follow, never
// more than there are tokens.
func (r *tokenReader) array() int64 {
	t := r.next()
	if r.err == nil && t.kind != '*' {
		r.err = errReply
	}
	return min(max(t.n, 0), int64(len(r.rest)))
}

// text takes anything that is not an array.
func (r *tokenReader) text() token {
	t := r.next()
	if r.err == nil && t.kind == '*' {
		r.err = errReply
	}
	if t.kind == ':' {
		t.text = strconv.AppendInt(nil, t.n, 10)
	}
	return t
}
