package resp

import (
	"net"
	"syscall"
)

// Bound returns conn with every reply checked against lim before the caller
// gets it. A reply that breaks a limit ends the connection: Read returns a
// *LimitError or *SyntaxError, then and from then on.
//
// A connection with a file descriptor stays one, so that go-redis can see that
// an idle connection was closed.
func Bound(conn net.Conn, lim Limits) net.Conn {
	b := &bounded{Conn: conn, checker: checker{lim: lim.withDefaults()}}
	if sys, ok := conn.(syscall.Conn); ok {
		return &boundedFile{b, sys}
	}
	return b
}

// Unbound returns the connection that Bound was given, or conn itself. It is
// for a caller that bounds what it reads itself.
func Unbound(conn net.Conn) net.Conn {
	switch b := conn.(type) {
	case *bounded:
		return b.Conn
	case *boundedFile:
		return b.Conn
	}
	return conn
}

type bounded struct {
	net.Conn
	checker
	err error
}

// Read reads and checks. Like every connection of go-redis it has one reader.
func (b *bounded) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.Conn.Read(p)
	if b.err = b.check(p[:n]); b.err != nil {
		_ = b.Close()
		return 0, b.err
	}
	return n, err
}

type boundedFile struct {
	*bounded
	sys syscall.Conn
}

// SyscallConn is that of the connection within.
func (b *boundedFile) SyscallConn() (syscall.RawConn, error) { return b.sys.SyscallConn() }
