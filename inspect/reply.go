package inspect

import "strconv"

// ReplyKind is the kind of a reply of the server, by its first byte in the
// protocol (RESP3).
type ReplyKind byte

// The kinds of replies.
const (
	ReplyString  ReplyKind = '$' // bytes
	ReplyStatus  ReplyKind = '+' // a short text of the server, such as OK
	ReplyError   ReplyKind = '-'
	ReplyInteger ReplyKind = ':'
	ReplyDouble  ReplyKind = ','
	ReplyBool    ReplyKind = '#'
	ReplyBig     ReplyKind = '(' // digits
	ReplyNull    ReplyKind = '_'
	ReplyList    ReplyKind = '*'
	ReplySet     ReplyKind = '~'
	ReplyMap     ReplyKind = '%' // Items are keys and values in turn
)

// Reply is a reply of the server as a tree. Text and Items are views of what was
// received.
type Reply struct {
	Kind  ReplyKind
	Text  []byte
	Items []Reply
}

// maxReplyDepth limits how deep lists are nested in a reply.
const maxReplyDepth = 128

// parseReply reads one reply.
func parseReply(raw []byte) (Reply, error) {
	p := replyParser{replyReader{raw}}
	return p.reply(0)
}

// replyParser reads a reply into a tree.
type replyParser struct{ rd replyReader }

func (p *replyParser) reply(depth int) (Reply, error) {
	if depth > maxReplyDepth || len(p.rd.b) == 0 {
		return Reply{}, errReply
	}
	kind := ReplyKind(p.rd.b[0])
	switch kind {
	case '|': // attributes, which are about the reply
		if _, err := p.list(depth, 2); err != nil {
			return Reply{}, err
		}
		return p.reply(depth)
	case ReplyList, ReplySet, '>':
		items, err := p.list(depth, 1)
		if items == nil && err == nil {
			return Reply{Kind: ReplyNull}, nil
		}
		if kind == '>' {
			kind = ReplyList
		}
		return Reply{Kind: kind, Items: items}, err
	case ReplyMap:
		items, err := p.list(depth, 2)
		return Reply{Kind: kind, Items: items}, err
	case ReplyError, '!':
		return p.failure()
	case '=': // a text with its format in front
		text, err := p.rd.text()
		if len(text) >= 4 && text[3] == ':' {
			text = text[4:]
		}
		return Reply{Kind: ReplyString, Text: text}, err
	}
	text, err := p.rd.text()
	if err == nil && text == nil {
		return Reply{Kind: ReplyNull}, nil
	}
	return Reply{Kind: kind, Text: text}, err
}

// failure reads an error, which may be one of several replies.
func (p *replyParser) failure() (Reply, error) {
	if p.rd.b[0] == '!' {
		p.rd.b[0] = '='
		text, err := p.rd.text()
		return Reply{Kind: ReplyError, Text: text}, err
	}
	_, _, err := p.rd.line()
	if reply, ok := err.(replyError); ok { //nolint:errorlint // line returns it as it is
		return Reply{Kind: ReplyError, Text: []byte(reply)}, nil
	}
	return Reply{}, err
}

// list reads the items behind the head of a list; each counts as many replies. It
// is nil for a null.
func (p *replyParser) list(depth, each int) ([]Reply, error) {
	_, rest, err := p.rd.line()
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(string(rest))
	if err != nil || n > len(p.rd.b) {
		return nil, errReply
	}
	if n < 0 {
		return nil, nil
	}
	items := make([]Reply, 0, each*n)
	for range each * n {
		item, err := p.reply(depth + 1)
		if err != nil {
			return items, err
		}
		items = append(items, item)
	}
	return items, nil
}
