// Package pysource reads definitions out of Python source: functions with their
// parameters and decorators, classes, and constants of a module. It reads text. It
// imports, compiles and runs nothing, and evaluates no expression.
//
//   - lines.go: statements, strings and brackets
//   - pysource.go: the definitions of a file
//   - expr.go: literals, calls and constants in them
package pysource

import (
	"strings"
)

// File is what a source defines.
type File struct {
	Functions []Function
	// Constants are names that the module assigns a literal to, once, by the text
	// of the literal.
	Constants map[string]string
	// Assigned are the statements of the module and of functions, for settings in
	// them.
	Statements []string
}

// Function is a function or a method.
type Function struct {
	Name       string // qualname: Basket.total, make.<locals>.inner
	Params     []Param
	Decorators []Call // that are calls or names, the outermost first
	// Source is the text that inspect.getsource returns.
	Source string
}

// Param is a parameter.
type Param struct {
	Name    string
	Default string // the expression; empty for none
	Kind    ParamKind
}

// ParamKind says how arguments get to a parameter.
type ParamKind int

// The kinds of parameters.
const (
	Plain ParamKind = iota // by position or by name
	PositionalOnly
	KeywordOnly
	Variadic // *args, **kwargs
)

// scope is an open class or function.
type scope struct {
	indent int
	name   string
	class  bool
	fn     int // in Functions, -1 for a class
	first  int // line of the file
	last   int
	body   int // indentation of its first statement, -1 before it
}

// Parse reads a source. It reports false for what is no Python: text with open
// brackets or strings.
func Parse(src string) (*File, bool) {
	src = normalized(src)
	lines, comments, ok := logicalLines(src)
	if !ok {
		return nil, false
	}
	p := parser{file: &File{Constants: map[string]string{}}, text: strings.SplitAfter(src, "\n"), comments: comments}
	for _, l := range lines {
		p.line(l)
	}
	p.close(-1)
	for name, n := range p.times {
		if n > 1 {
			delete(p.file.Constants, name)
		}
	}
	return p.file, true
}

// normalized is a source as Python reads it: without a byte order mark, with line
// feeds, the last line ended.
func normalized(src string) string {
	src = strings.ReplaceAll(strings.TrimPrefix(src, "\ufeff"), "\r\n", "\n")
	if !strings.HasSuffix(src, "\n") {
		src += "\n"
	}
	return src
}

type parser struct {
	file     *File
	text     []string
	comments []line
	open     []scope
	pending  []line // decorators
	times    map[string]int
}

func (p *parser) line(l line) {
	p.close(l.indent)
	for i := range p.open {
		s := &p.open[i]
		s.last = l.last
		if s.body < 0 {
			s.body = l.indent
		}
	}
	if strings.HasPrefix(l.text, "@") {
		p.pending = append(p.pending, l)
		return
	}
	text := strings.TrimPrefix(l.text, "async ")
	first := l.first
	if len(p.pending) > 0 {
		first = p.pending[0].first
	}
	switch {
	case strings.HasPrefix(text, "def "):
		p.function(l, strings.TrimSpace(text[4:]), first)
	case strings.HasPrefix(text, "class "):
		name := strings.TrimSpace(text[6:])
		if at := strings.IndexAny(name, "(:["); at >= 0 {
			name = strings.TrimSpace(name[:at])
		}
		p.open = append(p.open, scope{indent: l.indent, name: name, class: true, fn: -1, first: first, last: l.last, body: -1})
	default:
		p.statement(l)
	}
	p.pending = nil
}

// close ends the scopes that a line with an indentation is not in.
func (p *parser) close(indent int) {
	for len(p.open) > 0 && p.open[len(p.open)-1].indent >= indent {
		s := p.open[len(p.open)-1]
		p.open = p.open[:len(p.open)-1]
		if s.fn >= 0 {
			// Comments that are indented as the body is belong to it.
			for _, c := range p.comments {
				if c.first > s.last && s.body >= 0 && c.indent >= s.body && p.onlyComments(s.last+1, c.first) {
					s.last = c.first
				}
			}
			p.file.Functions[s.fn].Source = strings.Join(p.text[s.first:min(s.last+1, len(p.text))], "")
		}
	}
}

// onlyComments reports whether the lines between two have no statement.
func (p *parser) onlyComments(from, to int) bool {
	for _, l := range p.text[from:min(to, len(p.text))] {
		if l = strings.TrimSpace(l); l != "" && !strings.HasPrefix(l, "#") {
			return false
		}
	}
	return true
}

func (p *parser) function(l line, text string, first int) {
	at := strings.IndexByte(text, '(')
	if at < 0 {
		return
	}
	name := strings.TrimSpace(text[:at])
	if b := strings.IndexByte(name, '['); b >= 0 {
		name = name[:b] // type parameters
	}
	inside, rest, ok := inParens(text, at)
	if !ok {
		return
	}
	fn := Function{Name: p.qualname(name), Params: params(inside)}
	for _, d := range p.pending {
		if call, ok := ParseCall(strings.TrimSpace(d.text[1:])); ok {
			fn.Decorators = append(fn.Decorators, call)
		} else {
			fn.Decorators = append(fn.Decorators, Call{Name: "?"})
		}
	}
	p.file.Functions = append(p.file.Functions, fn)
	s := scope{indent: l.indent, name: name, fn: len(p.file.Functions) - 1, first: first, last: l.last, body: -1}
	if _, body, ok := strings.Cut(rest, ":"); ok && strings.TrimSpace(body) != "" {
		s.body = l.indent + 1 // def f(x): return x
	}
	p.open = append(p.open, s)
}

func (p *parser) qualname(name string) string {
	var b strings.Builder
	for _, s := range p.open {
		b.WriteString(s.name)
		if !s.class {
			b.WriteString(".<locals>")
		}
		b.WriteByte('.')
	}
	return b.String() + name
}

// statement notes the constants of the module.
func (p *parser) statement(l line) {
	p.file.Statements = append(p.file.Statements, l.text)
	if len(p.open) > 0 {
		return
	}
	name, expr, ok := strings.Cut(l.text, "=")
	if at := strings.IndexByte(name, ':'); ok && at >= 0 {
		name = name[:at] // an annotation
	}
	if name = strings.TrimSpace(name); !ok || !IsName(name) || strings.HasPrefix(expr, "=") {
		return
	}
	if p.times == nil {
		p.times = map[string]int{}
	}
	p.times[name]++
	p.file.Constants[name] = strings.TrimSpace(expr)
}

// params reads the parameters between the parentheses of a def.
func params(text string) []Param {
	var list []Param
	kind := Plain
	for _, one := range splitTop(text, ',') {
		one = strings.TrimSpace(one)
		switch {
		case one == "":
			continue
		case one == "/":
			for i := range list {
				list[i].Kind = PositionalOnly
			}
			continue
		case one == "*":
			kind = KeywordOnly
			continue
		case strings.HasPrefix(one, "*"):
			list = append(list, Param{Name: strings.TrimLeft(one, "* "), Kind: Variadic})
			kind = KeywordOnly
			continue
		}
		p := Param{Kind: kind}
		declared := splitTop(one, '=')
		if len(declared) > 1 {
			p.Default = strings.TrimSpace(strings.Join(declared[1:], "="))
		}
		p.Name = strings.TrimSpace(splitTop(declared[0], ':')[0])
		list = append(list, p)
	}
	return list
}
