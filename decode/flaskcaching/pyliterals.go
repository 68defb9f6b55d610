package flaskcaching

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"cacheview/decode/value"
)

// literals reads Python literals from a line that a person typed. It computes
// nothing: there are no operators and no calls.
type literals struct {
	s     string
	at    int
	depth int
}

// maxTypedDepth bounds brackets inside brackets.
const maxTypedDepth = 100

func (p *literals) errorf(format string, args ...any) error {
	return &CallError{p.at, fmt.Sprintf(format, args...)}
}

func (p *literals) space() {
	for p.at < len(p.s) && strings.IndexByte(" \t\r\n", p.s[p.at]) >= 0 {
		p.at++
	}
}

// take reads c after white space, and reports whether it was there.
func (p *literals) take(c byte) bool {
	p.space()
	if p.at < len(p.s) && p.s[p.at] == c {
		p.at++
		return true
	}
	return false
}

// name reads a dotted name, "<locals>" and "<lambda>" included.
func (p *literals) name() string {
	p.space()
	start := p.at
	for p.at < len(p.s) {
		c, n := utf8.DecodeRuneInString(p.s[p.at:])
		if c != '_' && c != '.' && c != '<' && c != '>' && !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			break
		}
		p.at += n
	}
	return p.s[start:p.at]
}

// arguments reads a parenthesis with positional and keyword arguments.
func (p *literals) arguments(c *Call) error {
	if !p.take('(') {
		return p.errorf("an opening parenthesis is wanted")
	}
	for !p.take(')') {
		if name, ok := p.keyword(); ok {
			v, err := p.value()
			if err != nil {
				return err
			}
			c.Kwargs = append(c.Kwargs, Arg{name, v})
		} else {
			v, err := p.value()
			if err != nil {
				return err
			}
			if len(c.Kwargs) > 0 {
				return p.errorf("positional arguments come before keyword arguments")
			}
			c.Args = append(c.Args, v)
		}
		if !p.take(',') && !strings.HasPrefix(p.s[p.at:], ")") {
			return p.errorf("a comma or the closing parenthesis is wanted")
		}
	}
	return nil
}

// keyword reads "name=" when it is there.
func (p *literals) keyword() (string, bool) {
	start := p.at
	name := p.name()
	if name != "" && !isDigit(rune(name[0])) && p.take('=') {
		return name, true
	}
	p.at = start
	return "", false
}

// value reads one literal.
func (p *literals) value() (value.Value, error) {
	if p.depth++; p.depth > maxTypedDepth {
		return value.Nil, p.errorf("brackets nested deeper than %d", maxTypedDepth)
	}
	defer func() { p.depth-- }()
	p.space()
	if p.at == len(p.s) {
		return value.Nil, p.errorf("a value is wanted")
	}
	switch c := p.s[p.at]; {
	case c == '[':
		items, _, err := p.items('[', ']')
		return value.NewSeq(items), err
	case c == '(':
		items, comma, err := p.items('(', ')')
		if len(items) == 1 && !comma {
			return items[0], err
		}
		return value.NewSeq(items).WithTag("tuple"), err
	case c == '{':
		return p.braces()
	case c == '-' && p.at+1 < len(p.s) && isLetter(rune(p.s[p.at+1])):
		p.at++
		v, err := p.word()
		if err == nil && v.Kind() == value.Float {
			return value.NewFloat(-v.Float()), nil
		}
		return value.Nil, p.errorf("a number is wanted after the minus")
	case c == '-' || c == '+' || c == '.' || isDigit(rune(c)):
		return p.number()
	case p.atString():
		return p.text()
	}
	return p.word()
}

// items reads values between brackets; comma reports a comma at the end.
func (p *literals) items(open, end byte) (items value.List, comma bool, err error) {
	p.take(open)
	for !p.take(end) {
		v, err := p.value()
		if err != nil {
			return items, false, err
		}
		items = append(items, v)
		if comma = p.take(','); !comma && !strings.HasPrefix(p.s[p.at:], string(end)) {
			return items, false, p.errorf("a comma or %q is wanted", end)
		}
	}
	return items, comma, nil
}

// braces reads a dict or a set.
func (p *literals) braces() (value.Value, error) {
	p.take('{')
	var pairs value.Dict
	var items value.List
	for !p.take('}') {
		k, err := p.value()
		if err != nil {
			return value.Nil, err
		}
		if p.take(':') {
			v, err := p.value()
			if err != nil {
				return value.Nil, err
			}
			pairs = append(pairs, value.Pair{Key: k, Value: v})
		} else {
			items = append(items, k)
		}
		if pairs != nil && items != nil {
			return value.Nil, p.errorf("a dict has a colon in every entry, a set in none")
		}
		if !p.take(',') && !strings.HasPrefix(p.s[p.at:], "}") {
			return value.Nil, p.errorf("a comma or '}' is wanted")
		}
	}
	if items != nil {
		return value.NewSeq(items).WithTag("set"), nil
	}
	return value.NewMap(pairs), nil
}

func (p *literals) number() (value.Value, error) {
	start := p.at
	for p.at < len(p.s) {
		c := p.s[p.at]
		sign := (c == '-' || c == '+') && (p.at == start || p.s[p.at-1]|0x20 == 'e')
		if !sign && c != '.' && c != '_' && !isDigit(rune(c)) && !isLetter(rune(c)) {
			break
		}
		p.at++
	}
	text := p.s[start:p.at]
	if digits, ok := pyInt(text); ok {
		if n, err := strconv.ParseInt(digits, 10, 64); err == nil {
			return value.NewInt(n), nil
		}
		return value.NewBigInt(digits), nil
	}
	f, err := strconv.ParseFloat(strings.ReplaceAll(text, "_", ""), 64)
	if err != nil || strings.Trim(text, "0123456789+-._eE") != "" {
		p.at = start
		return value.Nil, p.errorf("%.20q is no number", text)
	}
	return value.NewFloat(f), nil
}

// word reads None, True, False, or a call like Decimal('1.5'), which stands for
// an object with that repr. So does <Basket 7>.
func (p *literals) word() (value.Value, error) {
	start := p.at
	if p.s[p.at] == '<' {
		end := strings.IndexByte(p.s[p.at:], '>')
		if end < 0 {
			return value.Nil, p.errorf("a > is wanted")
		}
		p.at += end + 1
		return Repr(p.s[start:p.at]), nil
	}
	name := p.name()
	switch name {
	case "None":
		return value.Nil, nil
	case "True", "False":
		return value.NewBool(name == "True"), nil
	case "":
		return value.Nil, p.errorf("a value is wanted")
	}
	p.space()
	if !strings.HasPrefix(p.s[p.at:], "(") {
		switch {
		case name == "math.inf" || name == "inf":
			return value.NewFloat(math.Inf(1)), nil
		case name == "math.nan" || name == "nan":
			return Repr("nan"), nil
		case isDigit(rune(name[0])) || strings.ContainsAny(name, "<>") || strings.HasSuffix(name, "."):
			p.at = start
			return value.Nil, p.errorf("a value is wanted; text needs quotes")
		case strings.Contains(name, "."):
			return value.NewText(name).WithTag(enumTag), nil
		}
		return value.NewText(name).WithTag(nameTag), nil
	}
	var c Call
	if err := p.arguments(&c); err != nil {
		return value.Nil, err
	}
	return object(p.s[start:p.at], name, c), nil
}
