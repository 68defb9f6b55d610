package decode

import (
	"strings"

	"cacheview/decode/value"
)

// parsePHPSession reads what session.serialize_handler=php writes: name|value
// for each variable, and !name| for one without a value (ext/session/session.c).
func parsePHPSession(raw []byte, lim value.Limits) (value.Value, int, *value.Error) {
	p := newPHPReader("php-session", raw, lim)
	vars := &phpArray{keyed: true}
	for p.left() > 0 {
		at := p.pos
		n := strings.IndexByte(p.text[at:], '|')
		if n < 0 {
			p.short(at, "the name of a variable")
			break
		}
		name := p.text[at : at+n]
		p.pos += n + 1
		if bare, ok := strings.CutPrefix(name, "!"); ok {
			vars.add(textOrBytes(bare), undefined)
			continue
		}
		p.variable(vars, name)
	}
	linkPHP(p.links)
	return value.NewMap(vars), p.pos, p.err
}

// maxUnset limits the variables of a session that have no value. A byte of 0x80
// or more announces one, so that binary data has thousands of them.
const maxUnset = 64

// parsePHPBinarySession reads what session.serialize_handler=php_binary
// writes: a byte with the length of the name (from 0x80 on: no value), the
// name, the value.
func parsePHPBinarySession(raw []byte, lim value.Limits) (value.Value, int, *value.Error) {
	p := newPHPReader("php-session", raw, lim)
	vars, unset := &phpArray{keyed: true}, 0
	for p.left() > 0 {
		at := p.pos
		n := p.byte(at, "a variable")
		name := p.take(uint64(n&0x7f), at, "the name of a variable")
		if p.err == nil && n >= 0x80 {
			if unset++; unset > maxUnset {
				p.corrupt(at, "more than %d variables without a value", maxUnset)
			}
			vars.add(textOrBytes(name), undefined)
			continue
		}
		p.variable(vars, name)
	}
	linkPHP(p.links)
	return value.NewMap(vars), p.pos, p.err
}

// variable reads the value of a session variable. References may lead from
// one variable to another.
func (p *phpReader) variable(vars *phpArray, name string) {
	if p.err != nil {
		return
	}
	key := textOrBytes(name)
	v, ok := p.value(vars)
	if ok {
		vars.add(key, v)
	}
	p.underKey(key)
}
