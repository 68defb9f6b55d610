package pysource

import (
	"strconv"
	"strings"
)

// Call is a call, or a name, in a decorator or an expression. Arguments are
// expressions as they are written.
type Call struct {
	Name   string // cache.memoize
	Args   []string
	Kwargs map[string]string
	Called bool // there are parentheses
}

// Last is the last part of the dotted name.
func (c Call) Last() string { return c.Name[strings.LastIndexByte(c.Name, '.')+1:] }

// Arg returns the argument at a position or of a name, and whether it is given.
func (c Call) Arg(at int, name string) (string, bool) {
	if v, ok := c.Kwargs[name]; ok {
		return v, true
	}
	if at >= 0 && at < len(c.Args) {
		return c.Args[at], true
	}
	return "", false
}

// ParseCall reads name, or name(arguments).
func ParseCall(text string) (Call, bool) {
	at := strings.IndexByte(text, '(')
	if at < 0 {
		return Call{Name: text}, isDotted(text)
	}
	c := Call{Name: strings.TrimSpace(text[:at]), Kwargs: map[string]string{}, Called: true}
	inside, rest, ok := inParens(text, at)
	if !ok || !isDotted(c.Name) || strings.TrimSpace(rest) != "" {
		return Call{}, false
	}
	for _, arg := range splitTop(inside, ',') {
		arg = strings.TrimSpace(arg)
		if arg == "" {
			continue
		}
		parts := splitTop(arg, '=')
		if name := strings.TrimSpace(parts[0]); len(parts) > 1 && IsName(name) {
			c.Kwargs[name] = strings.TrimSpace(strings.Join(parts[1:], "="))
			continue
		}
		c.Args = append(c.Args, arg)
	}
	return c, true
}

// IsName reports whether a text is an identifier.
func IsName(s string) bool {
	if s == "" || s[0] >= '0' && s[0] <= '9' {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c != '_' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') && c < 0x80 {
			return false
		}
	}
	return true
}

func isDotted(s string) bool {
	for part := range strings.SplitSeq(s, ".") {
		if !IsName(part) {
			return false
		}
	}
	return true
}

// Int evaluates whole numbers and products of them, with the constants of the
// file. It reports false for anything else.
func (f *File) Int(expr string) (int64, bool) { return f.integer(expr, 0) }

func (f *File) integer(expr string, depth int) (int64, bool) {
	product := int64(1)
	for _, factor := range splitTop(strings.ReplaceAll(expr, "**", "?"), '*') {
		factor = strings.TrimSpace(factor)
		n, err := strconv.ParseInt(strings.ReplaceAll(factor, "_", ""), 10, 64)
		if err != nil {
			constant, ok := f.Constants[factor]
			if !ok || depth > 10 {
				return 0, false
			}
			if n, ok = f.integer(constant, depth+1); !ok {
				return 0, false
			}
		}
		if product *= n; product > 1<<40 || product < -1 {
			return 0, false
		}
	}
	return product, true
}

// Constant returns the literal behind a name, through other names; any other
// expression stays as it is.
func (f *File) Constant(expr string) string {
	for range 10 {
		next, ok := f.Constants[expr]
		if !ok {
			break
		}
		expr = next
	}
	return expr
}
