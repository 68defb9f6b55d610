package decode

// gobKind is how a defined type is made.
type gobKind uint8

const (
	gobArray gobKind = iota + 1
	gobSlice
	gobStruct
	gobMap
	gobOpaque // bytes that the type's own method wrote
)

// gobType is a defined type.
type gobType struct {
	kind   gobKind
	name   string
	key    int64 // of a map
	elem   int64 // of an array, slice, map
	length int64 // of an array
	id     int64 // as its definition repeats it
	fields []gobField
}

type gobField struct {
	name string
	id   int64
}

// define reads the definition of type id: a wireType, of whose fields one is
// set (encoding/gob/type.go).
func (g *gob) define(id int64, at int) {
	if !g.node() || !g.remember(len(g.types)) {
		return
	}
	t := &gobType{}
	g.fields(at, func(field int) {
		switch {
		case field == 1 && t.kind == 0:
			t.kind = gobArray
		case field == 2 && t.kind == 0:
			t.kind = gobSlice
		case field == 3 && t.kind == 0:
			t.kind = gobStruct
		case field == 4 && t.kind == 0:
			t.kind = gobMap
		case field >= 5 && field <= 7 && t.kind == 0:
			t.kind = gobOpaque
		default:
			g.corrupt(at, "a type of no known kind")
			return
		}
		g.typeOf(t, at)
	})
	if g.err != nil {
		return
	}
	switch {
	case id < gobFirstUser || g.types[id] != nil || t.kind == 0:
		g.corrupt(at, "a definition of type %d, which is not free", id)
		return
	// Types that encode themselves may have two numbers.
	case t.id != id && (t.kind != gobOpaque || t.id < gobFirstUser):
		g.corrupt(at, "a definition of type %d that says it is of %d", id, t.id)
		return
	}
	g.types[id] = t
}

// fields reads a struct of the definition: numbers of fields, each as the
// distance from the one before, up to a zero.
func (g *gob) fields(at int, read func(field int)) {
	field := 0
	for g.err == nil {
		delta := g.uint(at)
		if delta == 0 || g.err != nil {
			return
		}
		if delta > 7 {
			g.corrupt(at, "a field that definitions do not have")
			return
		}
		field += int(delta)
		read(field)
	}
}

// typeOf reads what is particular to one kind of type.
func (g *gob) typeOf(t *gobType, at int) {
	g.fields(at, func(field int) {
		switch {
		case field == 1:
			g.common(t, at)
		case field == 2 && t.kind == gobStruct:
			g.structFields(t, at)
		case field == 2 && t.kind == gobMap:
			t.key = g.int(at)
		case field == 2 && t.kind != gobOpaque, field == 3 && t.kind == gobMap:
			t.elem = g.int(at)
		case field == 3 && t.kind == gobArray:
			t.length = g.int(at)
		default:
			g.corrupt(at, "a field that definitions do not have")
		}
	})
}

// common reads the name and the number that every type has.
func (g *gob) common(t *gobType, at int) {
	g.fields(at, func(field int) {
		switch field {
		case 1:
			t.name = g.name(at)
		case 2:
			t.id = g.int(at)
		default:
			g.corrupt(at, "a field that definitions do not have")
		}
	})
}

func (g *gob) name(at int) string { return className(g.take(g.uint(at), at, "a name")) }

func (g *gob) structFields(t *gobType, at int) {
	n := g.uint(at)
	for i := uint64(0); i < n && g.err == nil && g.node(); i++ {
		var f gobField
		g.fields(at, func(field int) {
			switch field {
			case 1:
				f.name = g.name(at)
			case 2:
				f.id = g.int(at)
			default:
				g.corrupt(at, "a field that definitions do not have")
			}
		})
		t.fields = append(t.fields, f)
	}
}
