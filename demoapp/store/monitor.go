package store

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// watch begins to show a client the commands of all others.
func (s *Store) watch(c *client) {
	c.peer.WriteOK()
	c.watches.Store(true)
}

// show writes a command to those who watch, but for the other connections of a
// watcher, which go by its name: the store knows no addresses to tell them by.
func (s *Store) show(c *client, cmd string, args []string) {
	line := ""
	s.each(func(to *client) {
		if to == c || !to.watches.Load() || c.peer.ClientName != "" && to.label.Load() == c.peer.ClientName {
			return
		}
		if line == "" {
			line = monitored(time.Now(), c, cmd, args)
		}
		to.peer.WriteInline(line)
		to.peer.Flush()
	})
}

// monitored is a command as MONITOR shows it.
func monitored(now time.Time, c *client, cmd string, args []string) string {
	var line strings.Builder
	fmt.Fprintf(&line, "%d.%06d [%d %s] %s", now.Unix(), now.Nanosecond()/1000, c.db, c.name, quote(cmd))
	for _, a := range args {
		line.WriteString(" " + quote(a))
	}
	return line.String()
}

// quote writes an argument as MONITOR does (sdscatrepr of Redis's sds.c).
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c >= ' ' && c < 0x7f:
			b.WriteByte(c)
		case strings.IndexByte("\n\r\t\a\b", c) >= 0:
			b.WriteString(strings.Trim(strconv.QuoteRune(rune(c)), "'"))
		default:
			fmt.Fprintf(&b, `\x%02x`, c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
