package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// section is a heading of docs/json.md with the members that its table has.
type section struct {
	name     string
	includes []string // sections whose members it has as well
	rows     []row
}

// row is a line of a table. Two names that differ by _b64 are alternatives.
type row struct {
	path   string // "errors[].key"
	types  []string
	always bool
	inside []string // sections whose members its objects have
}

// jsonDoc is docs/json.md as a contract. It remembers which rows were seen in
// real objects.
type jsonDoc struct {
	sections map[string]*section // by their anchors
	seen     map[string]bool     // "a-key/bytes"
}

var (
	heading = regexp.MustCompile(`^## (.*)$`)
	link    = regexp.MustCompile(`\]\(#([a-z-]+)\)`)
	quoted  = regexp.MustCompile("`([^`]+)`")
)

func readJSONDoc(t testing.TB) *jsonDoc {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "json.md"))
	if err != nil {
		t.Fatal(err)
	}
	d := &jsonDoc{sections: map[string]*section{}, seen: map[string]bool{}}
	var at *section
	with := ""
	for line := range strings.SplitSeq(string(text), "\n") {
		cells := strings.Split(line, "|")
		switch {
		case heading.MatchString(line):
			at = &section{name: anchor(heading.FindStringSubmatch(line)[1])}
			d.sections[at.name] = at
			with = ""
		case at == nil:
		case len(cells) == 6 && strings.Contains(cells[1], "`"):
			at.rows = append(at.rows, rowsOf(cells)...)
		case len(cells) == 1 && len(at.rows) == 0:
			// The sentence of what else is in it may go over two lines.
			with += " " + line
			if i := strings.Index(with, "ith the members of "); i >= 0 {
				sentence, _, _ := strings.Cut(with[i:], ".")
				at.includes = links(sentence)
			}
		}
	}
	return d
}

func anchor(title string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r >= 'a' && r <= 'z', r == '-':
			return r
		}
		return -1
	}, strings.ToLower(title))
}

func links(s string) (names []string) {
	for _, m := range link.FindAllStringSubmatch(s, -1) {
		names = append(names, m[1])
	}
	return names
}

func rowsOf(cells []string) (rows []row) {
	for _, m := range quoted.FindAllStringSubmatch(cells[1], -1) {
		if strings.HasSuffix(m[1], "_b64") {
			continue
		}
		rows = append(rows, row{
			path:   m[1],
			types:  strings.Split(strings.TrimSpace(cells[2]), " or "),
			always: strings.TrimSpace(cells[3]) == "always",
			inside: links(cells[4]),
		})
	}
	return rows
}

// rule is a row at its place in an object.
type rule struct {
	row
	key string // of jsonDoc.seen
}

// rules are all members that an object of a section may have, by their paths
// below prefix.
func (d *jsonDoc) rules(t testing.TB, name, prefix string, into map[string]rule) {
	t.Helper()
	s := d.sections[name]
	if s == nil {
		t.Fatalf("docs/json.md has no section %s", name)
	}
	for _, r := range s.rows {
		into[prefix+r.path] = rule{r, name + "/" + r.path}
		below := prefix + r.path + "."
		if slices.Contains(r.types, "list of objects") {
			below = prefix + r.path + "[]."
		}
		if slices.ContainsFunc(r.types, func(kind string) bool { return kind == "object" || kind == "list of objects" }) {
			for _, in := range r.inside {
				d.rules(t, in, below, into)
			}
		}
	}
	for _, in := range s.includes {
		d.rules(t, in, prefix, into)
	}
}

// hold checks the lines that a command has written against a section.
func (d *jsonDoc) hold(t testing.TB, name string, lines ...string) {
	t.Helper()
	rules := map[string]rule{}
	d.rules(t, name, "", rules)
	for _, line := range lines {
		dec := json.NewDecoder(strings.NewReader(line))
		dec.UseNumber()
		var o map[string]any
		if err := dec.Decode(&o); err != nil {
			t.Errorf("%s: %v: %.300s", name, err, line)
			continue
		}
		d.object(t, name, rules, "", o)
	}
}

func (d *jsonDoc) object(t testing.TB, name string, rules map[string]rule, prefix string, o map[string]any) {
	t.Helper()
	for member, v := range o {
		path := prefix + strings.TrimSuffix(member, "_b64")
		r, ok := rules[path]
		if !ok {
			path = prefix + "*"
			r, ok = rules[path]
		}
		if !ok {
			t.Errorf("%s: docs/json.md does not know %s%s", name, prefix, member)
			continue
		}
		d.seen[r.key] = true
		if !slices.ContainsFunc(r.types, func(kind string) bool { return d.is(t, name, rules, path, kind, v) }) {
			t.Errorf("%s: %s%s is %v, want %s", name, prefix, member, v, strings.Join(r.types, " or "))
		}
	}
	for path, r := range rules {
		member, ok := strings.CutPrefix(path, prefix)
		if !r.always || !ok || strings.ContainsAny(member, ".[*") {
			continue
		}
		if _, ok := o[member]; !ok {
			t.Errorf("%s: %s must be there", name, path)
		}
	}
}

// is says whether a value has one of the types of the tables, and looks into it.
func (d *jsonDoc) is(t testing.TB, name string, rules map[string]rule, path, kind string, v any) bool {
	t.Helper()
	switch kind {
	case "JSON":
		return true
	case "null":
		return v == nil
	case "text":
		_, ok := v.(string)
		return ok
	case "true", "false": // "true or false" is split
		_, ok := v.(bool)
		return ok
	case "number", "integer":
		n, ok := v.(json.Number)
		return ok && (kind == "number" || !strings.ContainsAny(n.String(), ".eE"))
	case "object":
		o, ok := v.(map[string]any)
		if ok {
			d.object(t, name, rules, path+".", o)
		}
		return ok
	case "list of lists", "list of integers":
		_, ok := v.([]any)
		return ok
	case "list of text", "list of objects":
		list, ok := v.([]any)
		for _, x := range list {
			if o, is := x.(map[string]any); is && kind == "list of objects" {
				d.object(t, name, rules, path+"[].", o)
			} else if _, is := x.(string); !is || kind != "list of text" {
				return false
			}
		}
		return ok
	}
	t.Fatalf("docs/json.md: %s has the type %q", path, kind)
	return false
}

// unseen are the rows that no object had.
func (d *jsonDoc) unseen() (list []string) {
	for name, s := range d.sections {
		for _, r := range s.rows {
			if key := name + "/" + r.path; !d.seen[key] {
				list = append(list, key)
			}
		}
	}
	slices.Sort(list)
	return list
}

// failing counts errors instead of reporting them.
type failing struct {
	testing.TB
	errors int
}

func (f *failing) Errorf(string, ...any) { f.errors++ }

// TestJSONDocCatches proves that the checks are some.
func TestJSONDocCatches(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]int{
		`{"layers":["x"],"value":{"y":1},"error":null,"flags":[]}`: 0,
		`{"layers":[],"value":1,"flags":[]}`:                       1, // a member is missing
		`{"layers":[],"value":1,"error":null,"flags":[],"x":1}`:    1, // nobody knows it
		`{"layers":[1],"value":1,"error":null,"flags":[]}`:         1, // no list of text
		`{"layers":[],"value":1,"error":{"path":""},"flags":[]}`:   4, // incomplete below
		`not JSON`: 1,
	} {
		f := &failing{TB: t}
		readJSONDoc(t).hold(f, "a-reading", line)
		if f.errors != want {
			t.Errorf("%s has %d errors, want %d", line, f.errors, want)
		}
	}
}
