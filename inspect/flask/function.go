package flask

import (
	"bytes"
	"context"
	"fmt"
	"strings"
)

// FunctionError is returned when a name is not that of exactly one function.
type FunctionError struct {
	Name string
	// Like are the functions of that name under different prefixes, by their
	// memver keys; or, when there is none, those that the name may stand for.
	Like []string
}

// Error is one sentence.
func (e *FunctionError) Error() string {
	if len(e.Like) == 0 {
		return fmt.Sprintf("there is no memoized function %q", e.Name)
	}
	return fmt.Sprintf("%q is not the name of one memoized function; there is %s", e.Name, strings.Join(e.Like, ", "))
}

// FullName is the name of the function and, for a method, of its object.
func (fn Function) FullName() string {
	if fn.Instance == "" {
		return fn.Name
	}
	return fn.Name + "." + fn.Instance
}

// Named is Function with an error, a *FunctionError, that lists what the name
// may stand for.
func (f *Index) Named(name string) (Function, error) {
	found := f.named(name)
	if len(found) == 1 {
		return f.function(found[0]), nil
	}
	e := &FunctionError{Name: name}
	for _, at := range found {
		e.Like = append(e.Like, string(f.memvers[at].key))
	}
	if len(found) > 0 {
		return Function{}, e
	}
	for i := range f.memvers {
		if full := f.memvers[i].fullName(); strings.HasSuffix(full, "."+name) {
			e.Like = append(e.Like, full)
		}
	}
	return Function{}, e
}

// EntriesOf returns the names of the results in the snapshot that depend on the
// version of a function.
func (f *Index) EntriesOf(fn Function) [][]byte {
	at, ok := f.memverAt(fn.Memver)
	if !ok {
		return nil
	}
	names := make([][]byte, 0, f.memvers[at].entries)
	for _, e := range f.entries {
		if e.function == at || e.instance == at {
			names = append(names, f.snap.Name(e.id))
		}
	}
	return names
}

// VersionNow reads a version key. The version is empty if the key does not
// exist. A key that exists and cannot be read is an error.
func VersionNow(ctx context.Context, src Source, key []byte) (string, error) {
	now, err := readVersions(ctx, src, [][]byte{key})
	switch {
	case err != nil || len(now) == 0:
		return "", err
	case !now[0].readable():
		return "", fmt.Errorf("version %s: %s", key, now[0].unreadable)
	}
	return string(now[0].version[:]), nil
}

// Holds reports whether a name is that of a result with a version of fn.
func (fn Function) Holds(name []byte, v string) bool {
	rest, ok := bytes.CutPrefix(name, []byte(fn.Prefix))
	if !ok || !IsBase64(rest) {
		return false
	}
	switch {
	case len(rest) == entryLen:
		return fn.Instance == "" && string(rest[digestLen:]) == v
	case len(rest) == methodLen && fn.Instance != "":
		return string(rest[entryLen:]) == v
	case len(rest) == methodLen:
		return string(rest[digestLen:entryLen]) == v
	}
	return false
}
