package flask

func (c *caller) foundLive() bool {
	for _, k := range c.list {
		if k.Exists && !k.Stale {
			return true
		}
	}
	return false
}

func (c *caller) hit(t callTarget, form callForm, hash, digest string, k resultKey) {
	if c.hits[string(k.name)] {
		return
	}
	c.hits[string(k.name)] = true
	rule := "@memoize, " + hash
	if form.how != "" && form.how != other {
		rule += ", " + form.how
	}
	c.f.proofs.put(digest, provenCall{t.name, form.call()})
	stale := !k.live && c.f.Status(k.name).State == Stale
	c.found[t.m] = c.found[t.m] || k.live
	// What fills a gap, and where a named argument stands, is only assumed.
	if form.assumed {
		rule += ", with defaults or places of arguments assumed"
	}
	c.add(Candidate{
		Key: k.name, Exists: true, Stale: stale, Certain: form.how == "" && !form.assumed && (k.live || stale),
		Call: t.name + "(" + form.call() + ")", Other: form.how == other, Rule: rule,
	})
}

// missing adds the key that the call has as it is typed.
func (c *caller) missing(t callTarget, pos, kw [][]string) {
	if t.m == nil || t.versions == "" {
		return
	}
	if t.m.instance == "" && c.f.hasInstances(t.m) {
		return // the calls of a method have a second version in their keys
	}
	form := callForm{how: "as typed"}
	if len(t.self) > 0 {
		form.args = append(form.args, t.self[0])
	}
	for i, p := range pos {
		if len(form.args) == 1 && i == 0 && len(t.self) > 0 && p[0] == t.self[0] {
			continue
		}
		form.args = append(form.args, p[0])
	}
	for i, k := range c.t.Call.Kwargs {
		form.rest = append(form.rest, named{k.Name, kw[i][0]})
	}
	text := form.appendText(nil, t.name, false)
	n := 0
	digestsOf(text, func(hash, digest string) bool {
		n++
		c.add(Candidate{
			Key: []byte(t.m.prefix + digest + t.versions), Call: t.name + "(" + form.call() + ")", Rule: "@memoize, " + hash,
		})
		return n < 2
	})
}

// describe says what was tried, and drops keys that only stand for the typed
// form when another form exists.
func (c *caller) describe() {
	call := c.t.Function + "(" + written(c.t.Call) + ")"
	if c.foundLive() {
		kept := c.list[:0]
		for _, k := range c.list {
			// The keys as typed stay only for apps where nothing was found.
			if k.Exists {
				kept = append(kept, k)
			}
		}
		c.list = kept
		return
	}
	if len(c.list) == 0 {
		c.unknown(call)
	}
	c.tried = "the arguments as typed; named arguments in every order that fits; gaps filled with None and usual defaults; " +
		"None for arguments that are ignored; numbers as text and text as numbers; MD5, SHA-1 and SHA-2"
}

// unknown adds the best guess for a function without a known version: its prefix
// and digest, with question marks for the version.
func (c *caller) unknown(call string) {
	pos, kw := c.reprs(c.t.Call, false)
	form := callForm{}
	for _, p := range pos {
		form.args = append(form.args, p[0])
	}
	for i, k := range c.t.Call.Kwargs {
		form.rest = append(form.rest, named{k.Name, kw[i][0]})
	}
	prefix := c.allPrefixes()[0]
	if len(c.f.opt.Prefixes) > 0 {
		prefix = c.f.opt.Prefixes[0]
	}
	digestsOf(form.appendText(nil, c.t.Function, false), func(_, digest string) bool {
		c.add(Candidate{
			Key: []byte(prefix + digest + "??????"), Call: call,
			Rule: "@memoize, MD5, with a version that is not known: no function of that name has one now, or it cannot be read",
		})
		return false
	})
}
