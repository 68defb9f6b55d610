package inspect

import (
	"strings"

	"cacheview/decode/flaskcaching"
	"cacheview/inspect/flask"
)

// The statements here are Python for an app that uses Flask-Caching. Each removes
// what it claims and nothing else, whatever the function is: where its name or
// its arguments cannot be written, or where the name may be that of a property,
// the statement names the key.

// deleteResult returns the statement that removes one memoized result. name is
// its key behind the prefix; args is empty if the call is not known.
func deleteResult(name, function, instance, args string) string {
	byKey := "cache.delete(" + flaskcaching.Quote(name) + ")  # this result only"
	short := flask.ShortName(function)
	if !isName(short) {
		return byKey
	}
	class, _, member := flask.CutLast(short)
	if instance != "" {
		_, rest, err := flaskcaching.CutText(args)
		// Without more arguments it may be a property, which is no function.
		if err != nil || rest == "" || !member || !isLiteral(rest) {
			return byKey
		}
		return "cache.delete_memoized(" + short + ", obj, " + rest + ")  # obj is " + instance
	}
	if member {
		// The class of a class method was hashed as its repr.
		whole, _, _ := flask.CutLast(function)
		if rest, ok := strings.CutPrefix(args, flaskcaching.Quote("<class '"+whole+"'>")); ok {
			if !isLiteral(rest) {
				return byKey
			}
			return "cache.delete_memoized(" + short + ", " + class + rest + ")"
		}
	}
	if args == "" || !isLiteral(args) {
		return byKey
	}
	return "cache.delete_memoized(" + short + ", " + args + ")"
}

// deleteVersion returns the statement after which no call finds the results of a
// function, or of a method for one object. name is the version key behind the
// prefix.
func deleteVersion(name, function, instance string) string {
	const effect = "  # all its results become stale, and stay until they expire"
	short := flask.ShortName(function)
	if _, _, member := flask.CutLast(short); member || instance != "" || !isName(short) {
		return "cache.delete(" + flaskcaching.Quote(name) + ")" + effect
	}
	return "cache.delete_memoized(" + short + ")" + effect
}

// isName reports whether the dotted name of a function can be typed: those of
// lambdas and of inner functions cannot.
func isName(short string) bool { return !strings.ContainsAny(short, "<>\n") }

// literalNames are the names that stand for themselves in any module.
var literalNames = map[string]bool{"True": true, "False": true, "None": true, "set": true, "frozenset": true, "bytearray": true}

// isLiteral reports whether written arguments mean the same in any module: reprs
// of objects cannot be typed, inf is not defined, and date may not be imported.
func isLiteral(args string) bool {
	for i := 0; i < len(args); {
		switch c := args[i]; {
		case c == '\'' || c == '"':
			for i++; i < len(args) && args[i] != c; i++ {
				if args[i] == '\\' {
					i++
				}
			}
			i++
		case '0' <= c && c <= '9':
			for i < len(args) && isWordByte(args[i]) {
				i++
			}
		case isWordByte(c):
			from := i
			for i < len(args) && isWordByte(args[i]) {
				i++
			}
			word, next := args[from:i], byte(0)
			if i < len(args) {
				next = args[i]
			}
			bytesOf := word == "b" && (next == '\'' || next == '"')
			if !literalNames[word] && !bytesOf && next != '=' {
				return false
			}
		case strings.IndexByte(" ,()[]{}:.+-=", c) >= 0:
			i++
		default:
			return false
		}
	}
	return true
}

func isWordByte(c byte) bool {
	return c == '_' || c >= 0x80 || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}
