package flask

import (
	"context"
	"slices"
	"strconv"

	"cacheview/decode/flaskcaching"
	"cacheview/decode/value"
)

// Where the source of the app is known, calls are guessed by the signatures of its
// functions, with their defaults, ignored arguments, hash methods and sources.

const (
	appInts     = 2000   // integers that are tried for one argument
	appWords    = 2000   // words
	appPairs    = 150    // values that are tried for two arguments
	appAttempts = 60_000 // calls of one function
)

// bySignatures guesses the calls of open results with the words that are known.
func (g *guessing) bySignatures(ctx context.Context, words []string) {
	app := g.f.opt.App
	if app == nil {
		return
	}
	wanted := map[string]bool{} // digests
	functions := map[string]bool{}
	for _, o := range g.open {
		if _, known := g.f.proven(o.entry); known {
			continue
		}
		wanted[string(o.entry.Digest)] = true
		functions[o.entry.Owner.Function] = true // "" for one that is not known
	}
	if len(wanted) == 0 {
		return
	}
	for i := range app.Functions {
		fn := &app.Functions[i]
		if fn.Open != "" {
			continue
		}
		for _, name := range fn.Names {
			if functions[name] || functions[clean(name)] || functions[""] && name == fn.Names[0] {
				s := signatureGuess{g: g, ctx: ctx, fn: fn, name: name, wanted: wanted, left: appAttempts}
				s.run(words)
			}
		}
	}
	g.f.noteFormerVersions()
}

// signatureGuess guesses the calls of one function.
type signatureGuess struct {
	g      *guessing
	ctx    context.Context
	fn     *AppFunction
	name   string
	wanted map[string]bool
	left   int
	self   []value.Value // before the arguments
}

func (s *signatureGuess) run(words []string) {
	if s.fn.Def.IsMethod() {
		for i := range s.g.f.memvers {
			if m := &s.g.f.memvers[i]; m.instance != "" && (m.name == s.name || m.name == clean(s.name)) {
				for _, r := range append([]string{m.instance}, ObjectReprs(m.instance, m.name)...) {
					s.self = []value.Value{flaskcaching.Repr(r)}
					s.arguments(words[:min(len(words), appPairs)])
				}
			}
		}
		return
	}
	if p := s.fn.Def.Params; len(p) > 0 && p[0].Name == "cls" {
		class, _, _ := CutLast(s.name)
		s.self = []value.Value{flaskcaching.Repr("<class '" + class + "'>")}
	}
	s.arguments(words)
}

// try looks for the result of one call.
func (s *signatureGuess) try(args []value.Value, kwargs ...flaskcaching.Arg) bool {
	if s.left--; s.left < 0 || s.left%1000 == 0 && s.ctx.Err() != nil {
		return false
	}
	call := flaskcaching.Call{Args: slices.Concat(s.self, args), Kwargs: kwargs}
	s.fn.callsBy(s.name, call, func(c signed) {
		if s.wanted[c.digest] {
			s.g.f.proofs.put(c.digest, provenCall{s.name, c.call})
		}
	})
	return true
}

// arguments tries values for the parameters without a default, and for one or two
// of the others.
func (s *signatureGuess) arguments(words []string) {
	var needed, optional []string
	for i, p := range s.fn.Def.Params {
		switch {
		case slices.Contains(s.fn.Def.Ignore, p.Name), i == 0 && len(s.self) > 0:
		case p.Default == nil:
			needed = append(needed, p.Name)
		default:
			optional = append(optional, p.Name)
		}
	}
	values := s.values(words)
	few := values[:min(len(values), appPairs)]
	named := func(names []string, v ...value.Value) []flaskcaching.Arg {
		list := make([]flaskcaching.Arg, len(names))
		for i := range names {
			list[i] = flaskcaching.Arg{Name: names[i], Value: v[i]}
		}
		return list
	}
	switch len(needed) {
	case 0:
		s.try(nil)
		for i, a := range optional {
			for _, v := range few {
				s.try(nil, named([]string{a}, v)...)
			}
			for _, b := range optional[i+1:] {
				for _, v := range few[:min(len(few), 60)] {
					for _, w := range few[:min(len(few), 60)] {
						s.try(nil, named([]string{a, b}, v, w)...)
					}
				}
			}
		}
	case 1:
		for _, v := range values {
			s.try(nil, named(needed, v)...)
		}
		for _, a := range optional {
			for _, v := range few {
				for _, w := range few[:min(len(few), 60)] {
					s.try(nil, named([]string{needed[0], a}, v, w)...)
				}
			}
		}
	case 2:
		for _, v := range few {
			for _, w := range few {
				s.try(nil, named(needed, v, w)...)
			}
		}
	}
}

// values are what arguments are guessed to be: words and numbers in the data first.
func (s *signatureGuess) values(words []string) []value.Value {
	list := []value.Value{value.NewBool(true), value.NewBool(false), value.Nil}
	for n := range 10 {
		list = append(list, value.NewInt(int64(n)))
	}
	for _, w := range words[:min(len(words), appWords)] {
		if n, err := strconv.ParseInt(w, 10, 64); err == nil {
			list = append(list, value.NewInt(n))
		}
		list = append(list, value.NewText(w))
	}
	for n := range appInts {
		list = append(list, value.NewInt(int64(n)))
	}
	return list
}
