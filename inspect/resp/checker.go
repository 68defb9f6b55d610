package resp

import (
	"bytes"
	"fmt"
	"strconv"
)

// maxQuoted limits the bytes of a line that an error quotes.
const maxQuoted = 40

// checker follows the structure of a stream of replies, of which it is given
// pieces that are cut anywhere. It keeps headers and no contents.
type checker struct {
	lim     Limits
	line    []byte  // the line that has begun, at most a header's worth of it
	length  int     // its length so far
	skip    int64   // bytes of a string, with its line end, still to come
	open    []int64 // elements still to come, by level
	pending int64   // their sum
}

// maxHeader limits how much of a line is kept: longer ones are status texts.
const maxHeader = 64

// check takes the next piece.
func (c *checker) check(p []byte) error {
	for len(p) > 0 {
		if c.skip > 0 {
			n := min(c.skip, int64(len(p)))
			p, c.skip = p[n:], c.skip-n
			continue
		}
		end := bytes.IndexByte(p, '\n')
		piece := p
		if end >= 0 {
			piece = p[:end]
		}
		c.line = append(c.line, piece[:min(len(piece), maxHeader-len(c.line))]...)
		if c.length += len(piece); c.length > c.lim.LineBytes {
			return &LimitError{"a line of more than " + bytesText(int64(c.lim.LineBytes)), bytesText(int64(c.lim.LineBytes))}
		}
		if end < 0 {
			return nil
		}
		if err := c.header(bytes.TrimSuffix(c.line, []byte("\r"))); err != nil {
			return err
		}
		c.line, c.length = c.line[:0], 0
		p = p[end+1:]
	}
	return nil
}

// header takes a whole line.
func (c *checker) header(line []byte) error {
	if len(line) == 0 {
		return &SyntaxError{}
	}
	switch line[0] {
	case '$', '=', '!':
		return c.bulk(line)
	case '*', '~', '>':
		return c.aggregate(line, 1)
	case '%':
		return c.aggregate(line, 2)
	case '|': // attributes: they precede the reply that they describe
		c.announce(1)
		return c.aggregate(line, 2)
	case '+', '-', ':', '_', ',', '#', '(':
		c.element()
		return nil
	}
	return &SyntaxError{quoted(line)}
}

// announce adds to the elements of the level that is open, if there is one.
func (c *checker) announce(n int64) {
	if last := len(c.open) - 1; last >= 0 {
		c.open[last] += n
		c.pending += n
	}
}

// bulk takes the header of a string.
func (c *checker) bulk(line []byte) error {
	n, err := number(line)
	switch {
	case err != nil:
		return err
	case n > c.lim.BulkBytes:
		return &LimitError{"a string of " + bytesText(n), bytesText(c.lim.BulkBytes)}
	case n >= 0:
		c.skip = n + 2
	}
	c.element()
	return nil
}

// aggregate takes the header of an array, or of a map of each elements an entry.
func (c *checker) aggregate(line []byte, each int64) error {
	n, err := number(line)
	switch {
	case err != nil:
		return err
	case n > c.lim.Elements/each || c.pending+n*each > c.lim.Elements:
		return &LimitError{fmt.Sprintf("an array of %d elements", n), strconv.FormatInt(c.lim.Elements, 10)}
	case len(c.open) == c.lim.Depth:
		return &LimitError{"an array at this depth", strconv.Itoa(c.lim.Depth)}
	case n <= 0:
		c.element()
		return nil
	}
	c.open = append(c.open, n*each)
	c.pending += n * each
	return nil
}

// element counts a value that is complete, and the arrays that it completes.
func (c *checker) element() {
	for last := len(c.open) - 1; last >= 0; last-- {
		c.open[last]--
		c.pending--
		if c.open[last] > 0 {
			return
		}
		c.open = c.open[:last]
	}
}

func number(line []byte) (int64, error) {
	n, err := strconv.ParseInt(string(line[1:]), 10, 64)
	if err != nil || n < -1 {
		return 0, &SyntaxError{quoted(line)}
	}
	return n, nil
}

func quoted(line []byte) string { return string(line[:min(len(line), maxQuoted)]) }

func bytesText(n int64) string { return strconv.FormatInt(n, 10) + " bytes" }
