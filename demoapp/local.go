package demoapp

import (
	"net"
	"net/http"
	"net/url"
	"strings"
)

// onlyLocal refuses requests that a page of another site made a browser send:
// under a name of that site that leads here (DNS rebinding), or from there. Every
// route writes to the cache or deletes from it.
func onlyLocal(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isLocal(r.Host) || fromElsewhere(r) {
			http.Error(w, "the demo app answers its own pages and this machine only", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isLocal reports whether a host, which may have a port, is a name of this machine.
func isLocal(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// fromElsewhere reports whether a browser says that another site asks.
func fromElsewhere(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "none", "same-origin":
	default:
		return true
	}
	for _, name := range []string{"Origin", "Referer"} {
		from := r.Header.Get(name)
		if from == "" {
			continue
		}
		if u, err := url.Parse(from); err != nil || u.Host != r.Host {
			return true
		}
	}
	return false
}
