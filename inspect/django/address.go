package django

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"cacheview/decode/lazyre"
)

// usualHosts are tried where the pages themselves have no address.
var usualHosts = []string{
	"http://localhost:8000", "http://127.0.0.1:8000", "http://localhost", "http://127.0.0.1", "https://localhost",
	"http://testserver", "http://0.0.0.0:8000", "http://localhost:8080", "http://127.0.0.1:8080",
}

// absolute returns an address as Django hashes it: without the fragment, other
// characters than ASCII percent-encoded. It reports false for anything else than a
// whole address.
func absolute(text string) (string, bool) {
	text = strings.TrimSpace(text)
	lower := strings.ToLower(text)
	if !strings.HasPrefix(lower, "http://") && !strings.HasPrefix(lower, "https://") {
		return "", false
	}
	text, _, _ = strings.Cut(text, "#")
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return "", false
	}
	scheme, rest, _ := strings.Cut(text, "://")
	if !strings.ContainsAny(rest, "/?") {
		rest += "/"
	} else if at := strings.IndexByte(rest, '?'); at >= 0 && !strings.Contains(rest[:at], "/") {
		rest = rest[:at] + "/" + rest[at:]
	}
	var b strings.Builder
	b.WriteString(strings.ToLower(scheme) + "://")
	for i := range len(rest) {
		if c := rest[i]; c > ' ' && c < 0x7f {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String(), true
}

var (
	linkAttr = lazyre.New(`(?i)(?:href|src|action)\s*=\s*["']([^"'<>\x00-\x20]{1,1000})["']`)
	linkText = lazyre.New(`https?://[\w.:\[\]-]+(?:/[^"'<>\\\x00-\x20\x7f-\xff]*)?`)
)

const maxLinks = 50_000

// addLinks takes the addresses and the paths out of a page.
func (x *Index) addLinks(page []byte) {
	for _, m := range linkAttr.Get().FindAllSubmatch(page, maxLinks) {
		x.addLink(string(m[1]))
	}
	for _, m := range linkText.Get().FindAll(page, maxLinks) {
		x.addLink(string(m))
	}
}

func (x *Index) addLink(link string) {
	if len(x.links) >= maxLinks {
		return
	}
	link = strings.ReplaceAll(link, "&amp;", "&")
	link, _, _ = strings.Cut(link, "#")
	if address, ok := absolute(link); ok {
		u, err := url.Parse(address)
		if err != nil {
			return
		}
		x.hosts[u.Scheme+"://"+u.Host] = true
		x.links[u.RequestURI()] = true
		return
	}
	if strings.HasPrefix(link, "/") && !strings.HasPrefix(link, "//") {
		x.links[link] = true
		for path, _, _ := strings.Cut(link, "?"); len(path) > 1; {
			path = path[:strings.LastIndexByte(strings.TrimSuffix(path, "/"), '/')+1]
			x.links[path] = true
		}
	}
}

// address finds the address behind a hash among the candidates, and the links in
// cached pages under every host that is known.
func (x *Index) address(hash string, candidates []string) (string, bool) {
	hosts := usualHosts
	paths := []string{"/"}
	for _, c := range candidates {
		if address, ok := absolute(c); ok {
			if hashOf(address) == hash {
				return address, true
			}
			if u, err := url.Parse(address); err == nil {
				hosts = append(slices.Clip(hosts), u.Scheme+"://"+u.Host)
				paths = append(paths, u.RequestURI())
			}
		} else if strings.HasPrefix(c, "/") {
			paths = append(paths, c)
		}
	}
	for h := range x.hosts {
		hosts = append(slices.Clip(hosts), h)
	}
	for p := range x.links {
		paths = append(paths, p)
	}
	for _, h := range hosts {
		for _, p := range paths {
			if address, ok := absolute(h + p); ok && hashOf(address) == hash {
				return address, true
			}
		}
	}
	return "", false
}

// usualArgs are what fragments vary on most often, beside numbers.
var usualArgs = []string{
	"", "None", "True", "False", "en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "ja", "zh", "en-us", "en-gb", "de-de", "fr-fr",
	"pt-br", "zh-hans", "AnonymousUser", "admin", "staff", "user", "anonymous", "mobile", "desktop", "dark", "light",
}

// maxNumber is up to which number the arguments of a fragment are tried: alone,
// and in pairs.
const (
	maxNumber     = 100_000
	maxPairNumber = 300
)

// varyOn finds what a fragment varies on: nothing, one argument, or two of the
// usual ones and the candidates.
func varyOn(hash string, candidates []string) ([]string, bool) {
	if hash == noHeaders {
		return []string{}, true
	}
	words := append(slices.Clone(candidates), usualArgs...)
	try := func(args ...string) bool { return hashOf(strings.Join(args, ":")+":") == hash }
	for _, w := range words {
		if try(w) {
			return []string{w}, true
		}
	}
	for n := range maxNumber {
		if w := strconv.Itoa(n); try(w) {
			return []string{w}, true
		}
	}
	for n := range maxPairNumber {
		words = append(words, strconv.Itoa(n))
	}
	for _, a := range words {
		for _, b := range words {
			if try(a, b) {
				return []string{a, b}, true
			}
		}
	}
	return nil, false
}
