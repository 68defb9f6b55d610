package config

import (
	"fmt"
	"io"
)

// Secret is where a password comes from: one of the three, or none.
type Secret struct {
	Password string   // the password itself
	Env      string   // the environment variable that holds it
	Command  []string // the program that prints it, and its arguments
}

// Format writes no more than where the password comes from, whatever the verb,
// so that whoever prints a configuration prints no password.
func (s Secret) Format(f fmt.State, _ rune) {
	from := "nowhere"
	switch {
	case s.Password != "":
		from = "the file"
	case s.Env != "":
		from = "$" + s.Env
	case len(s.Command) > 0:
		from = "a command" // its arguments may be secret, too
	}
	_, _ = io.WriteString(f, "{from "+from+"}")
}

// Format writes which master it is, and not how it is asked.
func (s Sentinel) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "{%s of %s, password %v}", s.Master, s.Addrs, s.Secret)
}

// Format writes where the connection leads: a URL may hold a password, too.
func (c Connection) Format(f fmt.State, _ rune) {
	where := c.URL
	if urlHasPassword(where) {
		where = "a URL with a password"
	}
	_, _ = fmt.Fprintf(f, "{%s, password %v, sentinel %v}", where, c.Secret, c.Sentinel)
}

// Format writes which connections the file has.
func (f *File) Format(s fmt.State, _ rune) {
	_, _ = fmt.Fprintf(s, "{password %v, connections %v}", f.Secret, f.Connections)
}
