package cli

import (
	"net"
	"slices"
	"strings"

	"cacheview/inspect"
	"cacheview/ui/config"
)

// production reports whether a mistake on the server costs much: the connection
// is marked as production, or one that is marked so leads to the same server,
// however the command line names it.
func (a *app) production() bool { return a.productionName() != "" }

// productionName returns the connection that makes the server production, "" if
// there is none.
func (a *app) productionName() string {
	if a.saved.Environment == config.Production {
		return a.flags.connection
	}
	if a.file == nil {
		return ""
	}
	for _, name := range a.file.Names() {
		c := a.file.Connections[name]
		if c.Environment == config.Production && a.leadsTo(c) {
			return name
		}
	}
	return ""
}

// environment is that of the server, as its badge shows it.
func (a *app) environment() config.Environment {
	if a.production() {
		return config.Production
	}
	return a.saved.Environment
}

// leadsTo reports whether the flags name the server of a saved connection, by
// the words of both: no server is asked.
func (a *app) leadsTo(c config.Connection) bool {
	if a.flags.ssh != c.SSH {
		return false
	}
	full, err := inspect.ParseURL(a.flags.url)
	if err != nil {
		return false
	}
	ours := a.flags.sentinelConfig(full, "")
	if a.saved.Sentinel != nil {
		ours = &inspect.Sentinel{Master: a.saved.Sentinel.Master, Addrs: a.saved.Sentinel.Addrs}
	}
	if (ours == nil) != (c.Sentinel == nil) {
		return false
	}
	if ours != nil {
		return ours.Master == c.Sentinel.Master && slices.ContainsFunc(ours.Addrs, func(addr string) bool {
			return slices.ContainsFunc(c.Sentinel.Addrs, func(other string) bool { return loopback(addr) == loopback(other) })
		})
	}
	theirs, err := inspect.ParseURL(c.URL)
	return err == nil && loopback(hostOf(full)) == loopback(hostOf(theirs))
}

// loopback gives the names of this machine one form.
func loopback(addr string) string {
	i := strings.LastIndexByte(addr, ':')
	if i < 0 {
		return addr
	}
	host := strings.Trim(addr[:i], "[]")
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return "localhost" + addr[i:]
	}
	return strings.ToLower(addr)
}
