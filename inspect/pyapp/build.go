package pyapp

import (
	"regexp"
	"slices"
	"strings"

	"cacheview/decode/flaskcaching"
	"cacheview/decode/lazyre"
	"cacheview/decode/pysource"
	"cacheview/decode/value"
	"cacheview/inspect/flask"
)

// builder makes an App of sources.
type builder struct {
	app            *flask.App
	defaultTimeout int64             // seconds; -1 where it is no constant
	blueprints     map[string]string // url_prefix, by the variable
}

// setting finds NAME = "x", NAME="x" in a call, and "NAME": "x" or ["NAME"] = "x".
var setting = lazyre.New(`\b(CACHE_KEY_PREFIX|CACHE_DEFAULT_TIMEOUT)\b["']?\]?\s*[=:]\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[\w.* ]+)`)

// blueprint finds the prefix of a blueprint, where it is made or registered.
var (
	blueprintMade       = lazyre.New(`^(\w+)\s*=\s*(?:[\w.]+\.)?Blueprint\(`)
	blueprintRegistered = lazyre.New(`\.register_blueprint\(\s*([\w.]+)`)
)

// settings reads CACHE_KEY_PREFIX, CACHE_DEFAULT_TIMEOUT and the prefixes of
// blueprints.
func (b *builder) settings(sources []source) {
	b.defaultTimeout = 300
	timeouts := map[int64]bool{}
	for _, s := range sources {
		for _, text := range s.file.Statements {
			for _, m := range setting.Get().FindAllStringSubmatch(text, -1) {
				expr := s.file.Constant(strings.TrimSpace(m[2]))
				if m[1] == "CACHE_KEY_PREFIX" {
					if v, ok := literal(expr); ok && v.Kind() == value.Text && v.Tag() == "" && !slices.Contains(b.app.Prefixes, v.Text()) {
						b.app.Prefixes = append(b.app.Prefixes, v.Text())
					}
					continue
				}
				n, ok := s.file.Int(expr)
				if !ok {
					n = -1
				}
				timeouts[n] = true
				b.defaultTimeout = n
			}
			b.blueprint(text)
		}
	}
	if len(timeouts) > 1 {
		b.defaultTimeout = -1
	}
}

func (b *builder) blueprint(text string) {
	name := ""
	if m := blueprintMade.Get().FindStringSubmatch(text); m != nil {
		name = m[1]
		_, text, _ = strings.Cut(text, "=")
	} else if m := blueprintRegistered.Get().FindStringSubmatch(text); m != nil {
		name = m[1][strings.LastIndexByte(m[1], '.')+1:]
	} else {
		return
	}
	call, ok := pysource.ParseCall(strings.TrimSpace(text))
	if !ok {
		return
	}
	if expr, ok := call.Kwargs["url_prefix"]; ok {
		if v, ok := literal(expr); ok && v.Kind() == value.Text {
			b.blueprints[name] = v.Text()
		}
	}
}

// functions adds the memoized functions and the cached views of a file.
func (b *builder) functions(s *source) {
	for i := range s.file.Functions {
		fn := &s.file.Functions[i]
		for _, d := range fn.Decorators {
			switch d.Last() {
			case "memoize":
				b.memoized(s, fn, d)
			case "cached":
				b.cached(s, fn, d)
			}
		}
	}
}

// memoized adds a function with @cache.memoize.
func (b *builder) memoized(s *source, fn *pysource.Function, d pysource.Call) {
	if !d.Called {
		return
	}
	out := flask.AppFunction{TimeoutMS: b.timeout(s.file, d)}
	for _, m := range s.modules {
		out.Names = append(out.Names, m+"."+fn.Name)
	}
	open := func(why string) {
		if out.Open == "" {
			out.Open = why
		}
	}
	if _, ok := d.Arg(1, "make_name"); ok {
		open("make_name gives it another name")
	}
	if expr, ok := d.Kwargs["args_to_ignore"]; ok && expr != "None" {
		v, ok := literal(s.file.Constant(expr))
		if !ok || v.Kind() != value.Seq {
			open("args_to_ignore is no constant")
		} else {
			for i := range v.Len() {
				out.Def.Ignore = append(out.Def.Ignore, v.Items().At(i).Text())
			}
		}
	}
	var why string
	if out.Hash, out.Source, why = b.options(s.file, fn, d); why != "" {
		open(why)
	}
	for _, p := range fn.Params {
		switch p.Kind {
		case pysource.PositionalOnly:
			open("it has parameters that are positional only")
		case pysource.Plain:
			param := flaskcaching.Param{Name: p.Name}
			if p.Default != "" {
				v, ok := defaultOf(s.file.Constant(p.Default))
				if !ok {
					open("the default of " + p.Name + " is no constant")
				}
				param.Default = &v
			}
			out.Def.Params = append(out.Def.Params, param)
		}
	}
	// Decorators between it and the cache may change the function.
	if last := fn.Decorators[len(fn.Decorators)-1]; last.Name != d.Name && last.Last() != "cached" {
		open("another decorator is below @memoize")
	}
	b.app.Functions = append(b.app.Functions, out)
}

// options reads hash_method and source_check.
func (b *builder) options(file *pysource.File, fn *pysource.Function, d pysource.Call) (hash, source, why string) {
	if expr, ok := d.Kwargs["hash_method"]; ok {
		hash = expr[strings.LastIndexByte(expr, '.')+1:]
		if !flask.KnownHash(hash) {
			return "", "", "hash_method is not in hashlib"
		}
	}
	switch expr := file.Constant(d.Kwargs["source_check"]); expr {
	case "", "False", "None":
	case "True":
		source = fn.Source
	default:
		why = "source_check is no constant"
	}
	return hash, source, why
}

// timeout is the timeout of a decorator in milliseconds, else that of the app; -1
// where it is no constant.
func (b *builder) timeout(file *pysource.File, d pysource.Call) int64 {
	expr, ok := d.Arg(0, "timeout")
	if !ok || expr == "None" {
		return max(b.defaultTimeout*1000, -1)
	}
	n, ok := file.Int(expr)
	if !ok {
		return -1
	}
	return max(n, 0) * 1000
}

// cached adds the routes of a view with @cache.cached.
func (b *builder) cached(s *source, fn *pysource.Function, d pysource.Call) {
	route := flask.AppRoute{KeyPrefix: flaskcaching.ViewPrefix + "%s"}
	if expr, ok := d.Arg(1, "key_prefix"); ok {
		v, ok := literal(s.file.Constant(expr))
		if !ok || v.Kind() != value.Text || v.Tag() != "" {
			route.Open = "key_prefix is no constant"
		} else {
			route.KeyPrefix = v.Text()
		}
	}
	if _, ok := d.Kwargs["make_cache_key"]; ok {
		route.Open = "make_cache_key makes its keys"
	}
	route.Query = s.file.Constant(d.Kwargs["query_string"]) == "True"
	var why string
	if route.Hash, route.Source, why = b.options(s.file, fn, d); why != "" {
		route.Open = why
	}
	for _, r := range fn.Decorators {
		switch r.Last() {
		case "route", "get", "post":
		default:
			continue
		}
		expr, ok := r.Arg(0, "rule")
		if !ok {
			continue
		}
		v, ok := literal(s.file.Constant(expr))
		if !ok || v.Kind() != value.Text {
			continue
		}
		on, _, _ := strings.Cut(r.Name, ".")
		one := route
		one.Path = pattern(b.blueprints[on] + v.Text())
		b.app.Routes = append(b.app.Routes, one)
	}
}

var converter = lazyre.New(`<(?:(\w+)(?:\([^)]*\))?:)?\w+>`)

// pattern makes a regular expression of a route.
func pattern(route string) *regexp.Regexp {
	var b strings.Builder
	b.WriteByte('^')
	at := 0
	for _, m := range converter.Get().FindAllStringSubmatchIndex(route, -1) {
		b.WriteString(regexp.QuoteMeta(route[at:m[0]]))
		kind := ""
		if m[2] >= 0 {
			kind = route[m[2]:m[3]]
		}
		switch kind {
		case "int":
			b.WriteString(`\d+`)
		case "float":
			b.WriteString(`\d+\.\d+`)
		case "path":
			b.WriteString(`[^/].*?`)
		default:
			b.WriteString(`[^/]+`)
		}
		at = m[1]
	}
	b.WriteString(regexp.QuoteMeta(route[at:]) + "$")
	return regexp.MustCompile(b.String())
}

// literal reads a Python literal. A name, or anything that would have to be
// evaluated, is none.
func literal(expr string) (value.Value, bool) {
	t, err := flaskcaching.ParseInput("f(" + expr + ")")
	if err != nil || len(t.Call.Args) != 1 || t.ObjectName != "" {
		return value.Nil, false
	}
	v := t.Call.Args[0]
	if _, err := flaskcaching.PyRepr(v); err != nil || v.Tag() == "repr" {
		return value.Nil, false
	}
	return v, true
}

// constructed are calls whose repr follows from the call, and that are true.
var constructed = regexp.MustCompile(`^(?:\w+\.)*(?:Decimal\(["'][^"']*[1-9][^"']*["']\)|date\(\d+, *\d+, *\d+\)|UUID\(["'][^"']+["']\))$`)

// defaultOf reads the default of a parameter: a literal, or a usual value.
func defaultOf(expr string) (value.Value, bool) {
	if v, ok := literal(expr); ok {
		return v, true
	}
	if !constructed.MatchString(expr) {
		return value.Nil, false
	}
	t, err := flaskcaching.ParseInput("f(" + expr + ")")
	if err != nil || len(t.Call.Args) != 1 {
		return value.Nil, false
	}
	return t.Call.Args[0], true
}
