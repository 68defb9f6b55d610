package decode

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// avroType is a type of a schema.
type avroType struct {
	kind     string // as the specification calls it: "long", "record"
	logical  string
	name     string
	scale    int64
	size     int // of a fixed
	elem     *avroType
	symbols  []string
	branches []*avroType
	fields   []avroField
}

type avroField struct {
	name string
	typ  *avroType
}

// avroNames are the named types of a schema while it is read.
type avroNames struct {
	byName map[string]*avroType
	depth  int
}

// maxAvroDepth is deeper than any schema that was written by hand or machine.
const maxAvroDepth = 200

var errAvroSchema = errors.New("the schema cannot be read")

func readAvroSchema(text string) (*avroType, error) {
	var schema any
	if err := json.Unmarshal([]byte(text), &schema); err != nil {
		return nil, fmt.Errorf("%w: %w", errAvroSchema, err)
	}
	names := &avroNames{byName: map[string]*avroType{}}
	return names.read(schema, "")
}

// read reads a schema: a name, a list of branches, or a description. Names
// without a dot are in the namespace around them.
func (n *avroNames) read(schema any, space string) (*avroType, error) {
	n.depth++
	defer func() { n.depth-- }()
	if n.depth > maxAvroDepth {
		return nil, fmt.Errorf("%w: too deep", errAvroSchema)
	}
	switch s := schema.(type) {
	case string:
		return n.named(s, space)
	case []any:
		t := &avroType{kind: "union"}
		for _, b := range s {
			branch, err := n.read(b, space)
			if err != nil {
				return nil, err
			}
			t.branches = append(t.branches, branch)
		}
		return t, nil
	case map[string]any:
		return n.described(s, space)
	}
	return nil, fmt.Errorf("%w: %T is no type", errAvroSchema, schema)
}

func (n *avroNames) named(name, space string) (*avroType, error) {
	switch name {
	case "null", "boolean", "int", "long", "float", "double", "bytes", "string":
		return &avroType{kind: name}, nil
	}
	if t, ok := n.byName[fullName(name, space)]; ok {
		return t, nil
	}
	if t, ok := n.byName[name]; ok {
		return t, nil
	}
	return nil, fmt.Errorf("%w: no type %q", errAvroSchema, name)
}

func fullName(name, space string) string {
	if space == "" || strings.Contains(name, ".") {
		return name
	}
	return space + "." + name
}

func (n *avroNames) described(s map[string]any, space string) (*avroType, error) {
	kind, ok := s["type"].(string)
	if !ok {
		return n.read(s["type"], space)
	}
	t := &avroType{kind: kind}
	t.logical, _ = s["logicalType"].(string)
	if scale, ok := s["scale"].(float64); ok && scale == float64(int32(scale)) {
		t.scale = int64(scale)
	}
	var err error
	switch kind {
	case "record", "error", "enum", "fixed":
		return t, n.define(t, s, space)
	case "array":
		t.elem, err = n.read(s["items"], space)
	case "map":
		t.elem, err = n.read(s["values"], space)
	default:
		var plain *avroType
		if plain, err = n.named(kind, space); err == nil && plain.kind != kind {
			return plain, nil
		}
	}
	return t, err
}

// define reads a type that has a name, by which others may use it, within
// itself too.
func (n *avroNames) define(t *avroType, s map[string]any, space string) error {
	name, _ := s["name"].(string)
	if own, ok := s["namespace"].(string); ok && !strings.Contains(name, ".") {
		space = own
	}
	t.name = fullName(name, space)
	n.byName[t.name] = t
	if i := strings.LastIndexByte(t.name, '.'); i >= 0 {
		space = t.name[:i]
	}
	switch t.kind {
	case "enum":
		symbols, _ := s["symbols"].([]any)
		for _, x := range symbols {
			symbol, _ := x.(string)
			t.symbols = append(t.symbols, symbol)
		}
	case "fixed":
		size, ok := s["size"].(float64)
		if !ok || size < 0 || size > 1<<31 {
			return fmt.Errorf("%w: %s has no size", errAvroSchema, t.name)
		}
		t.size = int(size)
	default:
		return n.fields(t, s, space)
	}
	return nil
}

func (n *avroNames) fields(t *avroType, s map[string]any, space string) error {
	fields, _ := s["fields"].([]any)
	for _, x := range fields {
		f, _ := x.(map[string]any)
		name, _ := f["name"].(string)
		typ, err := n.read(f["type"], space)
		if err != nil {
			return err
		}
		t.fields = append(t.fields, avroField{name, typ})
	}
	return nil
}
