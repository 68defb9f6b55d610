package flask

import (
	"cmp"
	"slices"
	"strings"
)

// ObjectReprs returns reprs that an object may have whose name in a version key
// Flask-Caching 2.5 has cleaned of punctuation: Basket9 may be <Basket 9>. It
// returns nothing for a name that was not cleaned.
func ObjectReprs(cleaned, method string) []string {
	if cleaned == "" || cleaned != clean(cleaned) {
		return nil
	}
	class, rest := cleaned, ""
	// The class is that of the method, or begins with the first letters.
	if outer, _, ok := CutLast(method); ok {
		if _, name, _ := CutLast(outer); name != "" && strings.HasPrefix(cleaned, name) {
			class, rest = name, cleaned[len(name):]
		}
	}
	if rest == "" {
		at := strings.IndexAny(cleaned, "0123456789")
		if at <= 0 {
			return nil
		}
		class, rest = cleaned[:at], cleaned[at:]
	}
	var list []string
	add := func(open, between, end string) { list = append(list, open+class+between+rest+end) }
	add("<", " ", ">")
	add("", "(", ")")
	add("", " ", "")
	add("<", ": ", ">")
	add("<", " #", ">")
	add("<", " '", "'>")
	add("", "('", "')")
	add("<", "(", ")>")
	add("<", "('", "')>")
	add("<", ":", ">")
	add("", "#", "")
	add("", ":", "")
	add("", "-", "")
	add("", "/", "")
	add("<", "-", ">")
	add("<", "#", ">")
	add("<", ": '", "'>")
	add("<", " \"", "\">")
	add("[", " ", "]")
	add("<", "[", "]>")
	add("", "[", "]")
	add("{", " ", "}")
	// The name of a field before the value: Basket(id=9), Basketid9.
	for _, field := range []string{"id", "pk", "name", "key", "slug", "code", "uid", "user_id", "email", "title", "number"} {
		value, ok := strings.CutPrefix(rest, field)
		if !ok || value == "" {
			continue
		}
		for _, form := range []string{"(%=@)", "(%='@')", "<(%=@)>", " %=@>", " %='@'>", " %: @>", " %:@>", " %@>", "(% = @)"} {
			text := strings.NewReplacer("%", field, "@", value).Replace(form)
			switch {
			case strings.HasPrefix(form, "<("):
				list = append(list, "<"+class+text[1:])
			case strings.HasSuffix(form, ">"):
				list = append(list, "<"+class+text)
			default:
				list = append(list, class+text)
			}
		}
	}
	return list
}

func sortByCount(list []string, count map[string]int) {
	slices.SortFunc(list, func(a, b string) int { return cmp.Or(count[b]-count[a], strings.Compare(a, b)) })
}
