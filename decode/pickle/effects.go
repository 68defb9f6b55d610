package pickle

// EffectKind is what a load would do with a class or function.
type EffectKind uint8

const (
	// Constructs is a class of which an instance is made without calling it:
	// NEWOBJ, NEWOBJ_EX and copyreg's functions, which call cls.__new__ and,
	// with a state, cls.__setstate__ where there is one.
	Constructs EffectKind = iota + 1
	// Calls is anything else that is called: REDUCE, INST and OBJ.
	Calls
	// Changes is a class, function or module that BUILD would set attributes
	// of.
	Changes
)

// Effect is one thing outside the plain data that loading the pickle would do.
type Effect struct {
	// Name is the full name. It is empty for what only running the pickle
	// would tell, such as the result of another call.
	Name string
	How  EffectKind
	// Unsafe is set for what Flags reports as "unsafe-global:NAME": it could
	// do anything at all. Anything else is somebody's own class or function,
	// of which nothing is known here.
	Unsafe bool
}

// Effects returns everything that a load would call, construct or change and that
// is not in the list of plain data (plainNames): each once, in the order of
// the input, whether or not the value holds the result, and whether or not the
// pickle could be read to its end. A pickle of plain data has none.
func (d *Document) Effects() []Effect {
	var uses []Effect
	seen := make(map[Effect]bool)
	type head struct {
		of  ref
		how EffectKind
	}
	known := make(map[head]bool) // heads that were looked at: most calls share theirs
	for i := range d.nodes {
		n := d.node(nodeBit | ref(i))
		if n.kind < kCall {
			continue
		}
		of, how := d.used(n)
		h := head{of, how}
		if known[h] {
			continue
		}
		known[h] = of != none && !(d.kind(of) == kGlobal && d.fullName(of) == "builtins.iter")
		u := Effect{How: how}
		if of != none {
			u.Name = d.calleeName(of)
		}
		if u.Unsafe = isUnsafe(u.Name); seen[u] || how != Changes && d.isPlainCall(u.Name, n) {
			continue
		}
		seen[u] = true
		uses = append(uses, u)
	}
	for _, name := range d.unsafeGetattr() {
		if u := (Effect{Name: name, How: Calls, Unsafe: true}); !seen[u] {
			seen[u] = true
			uses = append(uses, u)
		}
	}
	return uses
}

// isPlainCall is isPlain for what depends on the arguments. Of getattr
// unsafeGetattr says which matter; iter of two arguments calls the first.
func (d *Document) isPlainCall(name string, n *node) bool {
	switch name {
	case "builtins.getattr":
		return true
	case "builtins.iter":
		return n.b != none && d.kind(n.b) == kTuple && len(d.seq(n.b)) == 1
	}
	return isPlain(name)
}

// used says what a node would use, and how. Copyreg's functions stand for the
// class that is their first argument.
func (d *Document) used(n *node) (ref, EffectKind) {
	switch n.kind {
	case kBuild:
		return n.a, Changes
	case kObject:
		if n.flags&flagCalled != 0 {
			return n.a, Calls
		}
		return n.a, Constructs
	}
	if d.kind(n.a) == kGlobal && n.b != none && d.kind(n.b) == kTuple {
		switch d.fullName(n.a) {
		case "copyreg._reconstructor", "copyreg.__newobj__", "copyreg.__newobj_ex__":
			if args := d.seq(n.b); len(args) > 0 {
				return args[0], Constructs
			}
		}
	}
	return n.a, Calls
}
