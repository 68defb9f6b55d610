// Package django finds the pages, template fragments and versions behind the keys
// of Django's cache.
//
// A cached page has two keys: cache_header has the list of the headers that the
// response varies on, and cache_page the response. Both names have the MD5 of the
// absolute address; the second also one of the values of those headers
// (django/utils/cache.py). An address cannot be computed from its hash, so
// candidates are tried: what the user typed, and the links in cached pages. The
// hash has 128 bits, so a hit is proof.
package django

import (
	"crypto/md5" //nolint:gosec // the hash of Django's keys
	"encoding/hex"
	"strings"

	"cacheview/decode/evidence"
	"cacheview/decode/keyname"
	"cacheview/inspect/framework"
)

// Name is the framework in keyname.Key.
const Name = "django"

// noHeaders is the MD5 of no header values.
const noHeaders = "d41d8cd98f00b204e9800998ecf8427e"

// maxPages is how many cached pages are read for their links.
const maxPages = 300

// Index is what the keys of a database say of Django's cache. It implements
// framework.Index.
type Index struct {
	pages    map[string][]entry  // cache_page and cache_header, by the MD5 of the address
	versions map[string][]string // of PREFIX:…:KEY, by prefix and key
	order    [][]byte            // pages, as they came
	headers  map[string]bool     // cache_header entries, by name; true if the list is empty
	links    map[string]bool     // addresses and paths in cached pages
	hosts    map[string]bool     // scheme://host in cached pages
}

// entry is one key of a page.
type entry struct {
	name []byte
	key  keyname.Key
}

var _ framework.Index = (*Index)(nil)

// New returns an Index of an empty database.
func New() *Index {
	return &Index{
		pages: map[string][]entry{}, versions: map[string][]string{}, headers: map[string]bool{},
		links: map[string]bool{}, hosts: map[string]bool{},
	}
}

// Add takes note of a key.
func (x *Index) Add(name []byte) {
	k := keyname.Explain(name, keyname.Sample{})
	if k.Framework != Name {
		return
	}
	prefix, _ := k.Part("prefix")
	key, _ := k.Part("key")
	version, _ := k.Part("version")
	at := prefix + ":" + key
	x.versions[at] = append(x.versions[at], version)
	if url, ok := k.Part("url_md5"); ok {
		x.pages[url] = append(x.pages[url], entry{name, k})
		x.order = append(x.order, name)
	}
}

// Wants returns the cached pages and their headers.
func (x *Index) Wants() [][]byte { return x.order[:min(len(x.order), 2*maxPages)] }

// AddValue takes the links of a cached page, or whether a list of headers is
// empty.
func (x *Index) AddValue(name, value []byte, _ [][]byte) {
	k := keyname.Explain(name, keyname.Sample{})
	if k.Kind == "cache_header" {
		x.headers[string(name)] = !strings.Contains(string(value), "HTTP_")
		return
	}
	x.addLinks(value)
}

// Find returns the keys of the page with an address that was typed whole.
func (x *Index) Find(text string) ([]framework.Found, bool) {
	address, ok := absolute(text)
	if !ok {
		return nil, false
	}
	var found []framework.Found
	for _, e := range x.pages[hashOf(address)] {
		found = append(found, framework.Found{
			Key: e.name, Exists: true, Call: address, Rule: "Django's " + e.key.Kind + " of this address" + variant(e.key),
			Finding:    evidence.Finding{Grade: evidence.Proven, Reason: "the name has the MD5 of this address"},
			Invalidate: deletion(e.key),
		})
	}
	return found, true
}

// variant says which of several entries of one address a key is.
func variant(k keyname.Key) string {
	var b strings.Builder
	for _, name := range []string{"prefix", "version", "key_prefix", "method", "locale"} {
		if text, ok := k.Part(name); ok && text != "" {
			b.WriteString(", " + strings.ReplaceAll(name, "_", " ") + " " + text)
		}
	}
	if md5, ok := k.Part("headers_md5"); ok && md5 != noHeaders {
		b.WriteString(", for the values of its headers")
	}
	return b.String()
}

// deletion is the call that removes an entry.
func deletion(k keyname.Key) string {
	key, _ := k.Part("key")
	version, _ := k.Part("version")
	return keyname.DjangoDelete(key, version)
}

// Group returns the fragment that a key is of, or that it is a page.
func (x *Index) Group(_ []byte, k keyname.Key) (string, bool) {
	switch k.Kind {
	case "fragment":
		name, _ := k.Part("name")
		return "{% cache " + name + " %}", true
	case "cache_page", "cache_header":
		return "Django pages", true
	}
	return "", false
}

// Explain adds the address of a page, the arguments of a fragment, and what is
// left over.
func (x *Index) Explain(name []byte, k keyname.Key, candidates []string) framework.Detail {
	var d framework.Detail
	switch k.Kind {
	case "cache_page", "cache_header":
		d.TTL = "the timeout of cache_page, from when the page was stored; reading does not renew it"
		if md5, ok := k.Part("url_md5"); ok {
			if address, ok := x.address(md5, candidates); ok {
				d.Call = address
				d.Parts = append(d.Parts, keyname.Part{Name: "url", Text: address})
			}
		}
		if k.Kind == "cache_page" {
			d.Left = x.unreachable(name, k)
		}
	case "fragment":
		d.TTL = "the timeout in its {% cache %} tag, from when it was stored; reading does not renew it"
		fragment, _ := k.Part("name")
		md5, _ := k.Part("vary_on_md5")
		if args, ok := varyOn(md5, candidates); ok {
			d.Parts = append(d.Parts, keyname.Part{Name: "vary_on", Text: strings.Join(args, ", ")})
			d.Call = "{% cache … " + strings.Join(append([]string{fragment}, args...), " ") + " %}"
			d.Invalidate = fragmentDeletion(fragment, args, k)
		}
	case "value":
		d.TTL = "the timeout that was given with it, else TIMEOUT of the cache (300 s unless the app sets it)"
	}
	if d.Left.Grade == evidence.Unknown {
		d.Left = x.oldVersion(k)
	}
	return d
}

// fragmentDeletion is the call that removes a fragment whose arguments are known.
func fragmentDeletion(fragment string, args []string, k keyname.Key) string {
	quoted := make([]string, len(args))
	for i, a := range args {
		quoted[i] = keyname.Python(a)
	}
	name := keyname.Python(fragment)
	if name == "" {
		return ""
	}
	call := "make_template_fragment_key(" + name
	if len(args) > 0 {
		call += ", [" + strings.Join(quoted, ", ") + "]"
	}
	if version, _ := k.Part("version"); version != "1" {
		return "cache.delete(" + call + "), version=" + version + ")"
	}
	return "cache.delete(" + call + "))"
}

// unreachable says whether Django asks for a page now. Without its cache_header
// entry, or with one that names other headers, the next request computes the page
// again; one for another variant may make this entry reachable again, so that it
// is never proven to be left over.
func (x *Index) unreachable(name []byte, k keyname.Key) evidence.Finding {
	header, ok := headerOf(name, k)
	if !ok {
		return evidence.Finding{}
	}
	url, _ := k.Part("url_md5")
	for _, e := range x.pages[url] {
		if string(e.name) != header {
			continue
		}
		if empty, read := x.headers[header]; read && empty {
			if md5, _ := k.Part("headers_md5"); md5 != noHeaders {
				return evidence.Finding{Grade: evidence.Likely, Reason: "its cache_header entry names no headers now, so Django asks for another key"}
			}
		}
		return evidence.Finding{}
	}
	return evidence.Finding{Grade: evidence.Likely, Reason: "its cache_header entry is gone, so Django computes the page again; another request of the address can make it reachable"}
}

// headerOf is the name of the cache_header entry of a page.
func headerOf(name []byte, k keyname.Key) (string, bool) {
	method, ok := k.Part("method")
	headers, has := k.Part("headers_md5")
	if !ok || !has {
		return "", false
	}
	s := strings.Replace(string(name), "views.decorators.cache.cache_page.", "views.decorators.cache.cache_header.", 1)
	url, _ := k.Part("url_md5")
	s = strings.Replace(s, "."+method+"."+url+"."+headers, "."+url, 1)
	return s, true
}

// oldVersion reports whether a higher version of a key exists. An app that asks
// for an older version by number still reaches it.
func (x *Index) oldVersion(k keyname.Key) evidence.Finding {
	prefix, _ := k.Part("prefix")
	key, _ := k.Part("key")
	version, _ := k.Part("version")
	for _, other := range x.versions[prefix+":"+key] {
		if len(other) > len(version) || len(other) == len(version) && other > version {
			return evidence.Finding{Grade: evidence.Likely, Reason: "version " + other + " of the same key exists"}
		}
	}
	return evidence.Finding{}
}

// hashOf is the hash of an address in a key.
func hashOf(text string) string {
	sum := md5.Sum([]byte(text)) //nolint:gosec // the hash of Django's keys
	return hex.EncodeToString(sum[:])
}
