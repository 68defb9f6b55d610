package cli

import (
	"bufio"
	"fmt"

	"cacheview/decode"
	"cacheview/inspect"
	"cacheview/inspect/insight"
)

// codeFunctions compares the functions that have results with those of the source
// of --app: groups are all that either has.
func codeFunctions(list []insight.Group, apps *inspect.FlaskIndex) []insight.Group {
	app := apps.App()
	if app == nil {
		return list
	}
	all := append([]insight.Group(nil), list...)
	seen := map[string]bool{}
	for _, g := range list {
		seen[g.Name] = true
	}
	for _, fn := range apps.Functions() { // a version without results
		if fn.Entries == 0 && fn.Instance == "" && !seen[fn.Name] && !isMethod(apps, fn.Name) {
			seen[fn.Name] = true
			all = append(all, insight.Group{Name: fn.Name})
		}
	}
	for _, fn := range app.Functions {
		known := false
		for _, g := range all {
			if of, ok := app.Function(g.Name); ok && of.Names[0] == fn.Names[0] {
				known = true
			}
		}
		if !known {
			all = append(all, insight.Group{Name: fn.Names[0]})
		}
	}
	return all
}

// isMethod reports whether a function has versions of objects.
func isMethod(apps *inspect.FlaskIndex, name string) bool {
	for _, fn := range apps.Functions() {
		if fn.Instance != "" && fn.Name == name && fn.Entries > 0 {
			return true
		}
	}
	return false
}

// functionObjects are the functions with what the source of --app says of them.
func functionObjects(list []insight.Group, apps *inspect.FlaskIndex) []object {
	all := codeFunctions(list, apps)
	objects := groupObjects("function", all)
	app := apps.App()
	if app == nil {
		return objects
	}
	for i, g := range all {
		fn, ok := app.Function(g.Name)
		objects[i].bool("in_code", ok)
		if ok && fn.TimeoutMS >= 0 {
			objects[i].int("timeout_ms", fn.TimeoutMS)
		} else {
			objects[i].raw("timeout_ms", []byte("null"))
		}
	}
	return objects
}

// sourceText lists the functions that only the cache or only the source has.
func sourceText(w *bufio.Writer, list []insight.Group, apps *inspect.FlaskIndex) {
	app := apps.App()
	if app == nil {
		return
	}
	for _, g := range codeFunctions(list, apps) {
		_, ok := app.Function(g.Name)
		switch {
		case !ok:
			fmt.Fprintf(w, "\n%s is in the cache and not in the code\n", decode.Printable(g.Name))
		case g.Keys.Value == 0:
			fmt.Fprintf(w, "\n%s has no results\n", decode.Printable(g.Name))
		}
	}
}
