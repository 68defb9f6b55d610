package store

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/alicebob/miniredis/v2/server"
)

// refuseGlobs answers the commands whose glob the embedded store cannot make
// sense of. It would panic on them, and end the demo with it: miniredis turns a
// glob into a regular expression that must compile. A real server takes any
// bytes.
func refuseGlobs(c *server.Peer, cmd string, args ...string) (done bool) {
	var globs []string
	switch strings.ToUpper(cmd) {
	case "KEYS", "PSUBSCRIBE":
		globs = args
	case "SCAN", "HSCAN", "SSCAN", "ZSCAN":
		at := slices.IndexFunc(args, func(a string) bool { return strings.EqualFold(a, "match") })
		if at < 0 {
			return false
		}
		globs = args[at+1:]
	case "PUBSUB":
		globs = args[min(1, len(args)):]
	}
	if slices.ContainsFunc(globs, func(g string) bool { return !compiles(g) }) {
		c.WriteError("ERR the demo's store cannot match this glob; a real server can")
		return true
	}
	return false
}

// compiles tells whether miniredis can make a regular expression of a glob: it
// is UTF-8 and its character classes are such to Go, too, which [z-a] and [^]
// are not.
func compiles(glob string) bool {
	if !utf8.ValidString(glob) {
		return false
	}
	for i := 0; i < len(glob); i++ {
		if glob[i] == '\\' {
			i++
			continue
		}
		if glob[i] != '[' {
			continue
		}
		from := i
		for i++; i < len(glob) && glob[i] != ']'; i++ {
			if glob[i] == '\\' {
				i++
			}
		}
		class := glob[from+1 : min(i, len(glob))]
		if _, err := regexp.Compile("[" + class + "]"); err != nil && class != "" {
			return false
		}
	}
	return true
}
