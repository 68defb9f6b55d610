package flaskcaching

import (
	"fmt"
	"slices"
	"strings"

	"cacheview/decode/value"
)

// Arg is a keyword argument of a call, or a pair of a query whose value is
// text.
type Arg struct {
	Name  string
	Value value.Value
}

// Call is the arguments of one call, as the caller wrote them.
type Call struct {
	Args   []value.Value
	Kwargs []Arg
}

// Param is a parameter that can be given by position and by name.
type Param struct {
	Name string
	// Default is the value that stands in when the parameter is not given;
	// nil is None, which a key cannot tell from no default.
	Default *value.Value
}

// Function is what a key depends on of a memoized function.
type Function struct {
	// Name is module.qualname: "__main__.square", "app.Basket.total".
	Name string
	// Alias is what make_name returns for Name; empty when there is none.
	Alias string
	// Params are the positional-or-keyword parameters. *args, **kwargs and
	// keyword-only parameters are no part of it.
	Params []Param
	// Ignore are the names in args_to_ignore.
	Ignore []string
}

// IsMethod reports whether the first parameter is the instance, which then has
// a version of its own.
func (f Function) IsMethod() bool {
	return len(f.Params) > 0 && f.Params[0].Name == "self" && !slices.Contains(f.Ignore, "self")
}

// CallText returns the text whose digest is the key of a call: the name and
// the repr of the arguments as Flask-Caching orders them. The instance of a
// method is the first of call.Args; see PyRepr for what an argument may be.
func (r Rules) CallText(f Function, call Call) (string, error) {
	args, rest, err := r.arrange(f, call)
	if err != nil {
		return "", err
	}
	if f.Alias != "" {
		return r.text(f.Alias, args, rest)
	}
	return r.text(f.Name, args, rest)
}

// text joins a name and arguments that are in their final order.
func (r Rules) text(function string, args []value.Value, kwargs []Arg) (string, error) {
	repr, err := PyRepr(value.NewSeq(value.List(args)).WithTag("tuple"))
	if err != nil {
		return "", fmt.Errorf("arguments of %s: %w", function, err)
	}
	dict, err := r.orderedDict(kwargs)
	if err != nil {
		return "", fmt.Errorf("arguments of %s: %w", function, err)
	}
	return r.clean(function) + repr + dict, nil
}

// arrange puts keyword arguments and defaults where the parameters are, as the
// library's _memoize_kwargs_to_args does: a parameter that is given by name
// does not use up a position, and a default that is falsy is None (before 2.5).
func (r Rules) arrange(f Function, call Call) (args []value.Value, rest []Arg, err error) {
	rest = slices.Clone(call.Kwargs)
	given := 0
	for i, p := range f.Params {
		if slices.Contains(f.Ignore, p.Name) {
			args = append(args, value.Nil)
			given++
			continue
		}
		if i == 0 && (p.Name == "self" || p.Name == "cls") {
			if len(call.Args) == 0 {
				return nil, nil, fmt.Errorf("%s needs its instance as first argument", f.Name)
			}
			repr, err := PyRepr(call.Args[0])
			if err != nil {
				return nil, nil, err
			}
			args = append(args, value.NewText(repr))
			given++
			continue
		}
		if at := slices.IndexFunc(rest, func(a Arg) bool { return a.Name == p.Name }); at >= 0 {
			args = append(args, rest[at].Value)
			rest = slices.Delete(rest, at, at+1)
			continue
		}
		switch {
		case given < len(call.Args):
			args = append(args, call.Args[given])
		case p.Default != nil && (r.Next || truthy(*p.Default)):
			args = append(args, *p.Default)
		default:
			args = append(args, value.Nil)
		}
		given++
	}
	if len(call.Args) > len(f.Params) {
		args = append(args, call.Args[len(f.Params):]...)
	}
	slices.SortFunc(rest, func(a, b Arg) int { return strings.Compare(a.Name, b.Name) })
	return args, rest, nil
}

// orderedDict writes collections.OrderedDict of sorted keyword arguments.
func (r Rules) orderedDict(kwargs []Arg) (string, error) {
	if len(kwargs) == 0 {
		return "OrderedDict()", nil
	}
	open, sep, end := "OrderedDict([(", "), (", ")])"
	between := ", "
	if r.Python312 {
		open, sep, end, between = "OrderedDict({", ", ", "})", ": "
	}
	var b strings.Builder
	for i, a := range kwargs {
		repr, err := PyRepr(a.Value)
		if err != nil {
			return "", err
		}
		if i == 0 {
			b.WriteString(open)
		} else {
			b.WriteString(sep)
		}
		b.WriteString(quote(a.Name) + between + repr)
	}
	return b.String() + end, nil
}

// queryText is the repr of the sorted pairs of a query.
func queryText(query []Arg) string {
	pairs := slices.Clone(query)
	slices.SortFunc(pairs, func(a, b Arg) int {
		if c := strings.Compare(a.Name, b.Name); c != 0 {
			return c
		}
		return strings.Compare(a.Value.Text(), b.Value.Text())
	})
	var b strings.Builder
	for i, p := range pairs {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("(" + quote(p.Name) + ", " + quote(p.Value.Text()) + ")")
	}
	if len(pairs) == 1 {
		b.WriteByte(',')
	}
	return "(" + b.String() + ")"
}
