package flaskcaching

import (
	"fmt"
	"net/url"
	"strings"

	"cacheview/decode/value"
)

// Input is a call or a request as a person types it.
type Input struct {
	// Function is the name before the parenthesis, with or without its
	// module; empty for a request.
	Function string
	Call     Call
	// Path is the decoded path of a request; empty for a call.
	Path  string
	Query []Arg
	// Object is the call that made the object of a method, as typed:
	// User(7) in User(7).score(). Its Function is empty for another.
	Object     Call
	ObjectName string
	// Asked is true when the request had a "?".
	Asked bool
}

// CallError says where a typed call cannot be read.
type CallError struct {
	Offset int // in bytes
	Detail string
}

// Error is one sentence for people.
func (e *CallError) Error() string { return fmt.Sprintf("column %d: %s", e.Offset+1, e.Detail) }

// ParseInput reads `square(4)`, `app.square(4, unit="cm")` or
// `/page?x=1&y=2`. Arguments are Python literals; a call such as
// Decimal('1.5') is taken as its own repr. An error is a *CallError.
func ParseInput(s string) (Input, error) {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "/") {
		return parseRequest(s)
	}
	if scheme, rest, ok := strings.Cut(s, "://"); ok && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https")) {
		at := strings.IndexAny(rest, "/?#")
		switch {
		case at < 0:
			return parseRequest("/")
		case rest[at] != '/':
			return parseRequest("/" + rest[at:])
		}
		return parseRequest(rest[at:])
	}
	p := literals{s: s}
	name := p.name()
	if name == "" {
		return Input{}, p.errorf("a function name or a path is wanted")
	}
	t := Input{Function: name}
	if err := p.arguments(&t.Call); err != nil {
		return Input{}, err
	}
	if p.space(); strings.HasPrefix(s[p.at:], ".") { // a method of an object that is made here
		t.ObjectName, t.Object = t.Function, t.Call
		t.Function, t.Call = strings.TrimPrefix(p.name(), "."), Call{}
		if err := p.arguments(&t.Call); err != nil {
			return Input{}, err
		}
	}
	if p.space(); p.at < len(s) {
		return Input{}, p.errorf("nothing may follow the closing parenthesis")
	}
	return t, nil
}

// IsTyped reports whether ParseTyped reads a text.
func IsTyped(s string) bool {
	_, err := ParseInput(s)
	return err == nil
}

func parseRequest(s string) (Input, error) {
	s, _, _ = strings.Cut(s, "#")
	path, query, asked := strings.Cut(s, "?")
	decoded, err := url.PathUnescape(path)
	if err != nil {
		return Input{}, &CallError{0, err.Error()}
	}
	t := Input{Path: decoded, Asked: asked}
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" {
			continue
		}
		name, val, _ := strings.Cut(pair, "=")
		name, err1 := url.QueryUnescape(name)
		val, err2 := url.QueryUnescape(val)
		if err1 != nil || err2 != nil {
			return Input{}, &CallError{len(path) + 1, "a % must be followed by two hexadecimal digits"}
		}
		t.Query = append(t.Query, Arg{name, value.NewText(val)})
	}
	return t, nil
}

// Texts returns the texts that a typed call may have in its key when the
// function's parameters are not known: keyword arguments may be parameters of
// that name, which move to their positions, or **kwargs. function is
// module.qualname.
func (r Rules) Texts(function string, c Call) ([]string, error) {
	var texts []string
	add := func(r Rules, args []value.Value, kwargs []Arg) error {
		text, err := r.text(function, args, kwargs)
		if err == nil {
			texts = append(texts, text)
		}
		return err
	}
	_, sorted, err := r.arrange(Function{Name: function}, c)
	if err != nil {
		return nil, err
	}
	if err := add(r, c.Args, sorted); err != nil || len(c.Kwargs) == 0 {
		return texts, err
	}
	other := r
	other.Python312 = !r.Python312
	if err := add(other, c.Args, sorted); err != nil {
		return nil, err
	}
	args := c.Args[:len(c.Args):len(c.Args)]
	for _, a := range c.Kwargs {
		args = append(args, a.Value)
	}
	return texts, add(r, args, nil)
}

// Keys returns the keys that a typed request may have: the one of the path,
// and the one of the path with its query.
func (r Rules) Keys(t Input) [][]byte {
	if t.Path == "" {
		return nil
	}
	return [][]byte{r.View(t.Path), r.Query(t.Path, t.Query)}
}

// SplitArgs splits written arguments at their outermost commas.
func SplitArgs(args string) []string {
	var list []string
	depth, start := 0, 0
	var quoted byte
	for i := 0; i < len(args); i++ {
		switch c := args[i]; {
		case quoted != 0 && c == '\\':
			i++
		case quoted != 0:
			if c == quoted {
				quoted = 0
			}
		case c == '\'' || c == '"':
			quoted = c
		case c == '(' || c == '[' || c == '{' || c == '<':
			depth++
		case c == ')' || c == ']' || c == '}' || c == '>':
			depth--
		case c == ',' && depth == 0:
			list = append(list, strings.TrimSpace(args[start:i]))
			start = i + 1
		}
	}
	if rest := strings.TrimSpace(args[start:]); rest != "" {
		list = append(list, rest)
	}
	return list
}

// CutText reads the Python text at the start of written arguments, and returns
// it with what follows its comma.
func CutText(args string) (text, rest string, err error) {
	p := literals{s: args}
	if p.space(); p.at == len(args) || !p.atString() {
		return "", args, p.errorf("a text is wanted")
	}
	v, err := p.text()
	if err != nil {
		return "", args, err
	}
	p.take(',')
	p.space()
	return v.Text(), args[p.at:], nil
}
