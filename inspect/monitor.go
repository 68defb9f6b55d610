package inspect

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"cacheview/inspect/resp"
)

// ErrNoMonitor is returned by Monitor when the server has no MONITOR or this
// user may not use it. Nothing else is affected.
var ErrNoMonitor = errors.New("the server does not show this user what others send (MONITOR)")

// MaxMonitorTime is the longest that Monitor may be asked to watch.
const MaxMonitorTime = time.Minute

// monitorArg is how much of an argument Monitor keeps, in bytes.
const monitorArg = 64 << 10

// Command is a command that some client sent, as MONITOR shows it.
type Command struct {
	At     time.Time // by the server's clock
	Got    time.Time // when it was read, by ours
	DB     int
	Client string   // its address; "lua" for what a script sent
	Args   [][]byte // each cut after 64 KiB
}

// Monitor calls fn with every command that the server is sent for as long as d,
// at most MonitorMax, but for those of this session. It is the one way to send
// MONITOR: a server that is busy answers noticeably fewer commands meanwhile
// (the MONITOR page of redis.io measures less than half), so ask somebody
// first. It uses a connection of its own to each master, and closes it. fn is
// called by one goroutine at a time and must be quick.
func (c *Client) Monitor(ctx context.Context, d time.Duration, fn func(Command)) error {
	nodes, err := c.masters(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, min(d, MaxMonitorTime))
	defer cancel()
	var mu sync.Mutex
	var readers sync.WaitGroup
	errs := make([]error, len(nodes))
	for i, n := range nodes {
		readers.Go(func() {
			if errs[i] = c.monitorNode(ctx, n, func(cmd Command) {
				mu.Lock()
				defer mu.Unlock()
				fn(cmd)
			}); errs[i] != nil {
				cancel()
			}
		})
	}
	readers.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	if err := context.Cause(ctx); !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

// monitorNode watches one server until ctx ends, which is no error.
func (c *Client) monitorNode(ctx context.Context, node *redis.Client, fn func(Command)) error {
	opt := node.Options()
	conn, err := opt.Dialer(ctx, opt.Network, opt.Addr)
	if err != nil {
		return c.lostErr(fmt.Errorf("monitor: %w", err))
	}
	conn = resp.Unbound(conn) // readMonitored bounds what it keeps of a line
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	r := bufio.NewReaderSize(conn, 64<<10)
	if err := c.beginMonitor(conn, r, opt); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return c.lostErr(err)
	}
	for {
		cmd, err := readMonitored(r)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return c.lostErr(fmt.Errorf("monitor: %w", err))
		}
		cmd.Got = time.Now()
		if _, own := c.dialed.Load(cmd.Client); !own {
			fn(cmd)
		}
	}
}

// beginMonitor authenticates and asks for the commands.
func (c *Client) beginMonitor(conn net.Conn, r *bufio.Reader, opt *redis.Options) error {
	if err := conn.SetDeadline(time.Now().Add(c.cfg.Timeout)); err != nil {
		return err
	}
	send := func(args ...string) error {
		raw := make([]any, len(args))
		for i, a := range args {
			raw[i] = a
		}
		if !monitorCommands.has(raw) {
			return &ForbiddenError{Command: strings.ToUpper(args[0])}
		}
		var b strings.Builder
		fmt.Fprintf(&b, "*%d\r\n", len(args))
		for _, a := range args {
			fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(a), a)
		}
		if _, err := conn.Write([]byte(b.String())); err != nil {
			return err
		}
		line, err := r.ReadString('\n')
		if err != nil {
			return err
		}
		if text, failed := strings.CutPrefix(strings.TrimRight(line, "\r\n"), "-"); failed {
			return replyError(text)
		}
		return nil
	}
	if opt.Password != "" {
		auth := []string{"auth", opt.Password}
		if opt.Username != "" {
			auth = []string{"auth", opt.Username, opt.Password}
		}
		if err := send(auth...); err != nil {
			return fmt.Errorf("monitor: %w", err)
		}
	}
	if err := send("client", "setname", c.cfg.ClientName); err != nil && !isReply(err) {
		return err
	}
	if err := send("monitor"); err != nil {
		if isReply(err) {
			c.miss("MONITOR", "hits and misses are not estimated by prefix")
			return fmt.Errorf("%w: %w", ErrNoMonitor, err)
		}
		return err
	}
	return conn.SetDeadline(time.Time{})
}

// readMonitored reads a line such as
//
//	+1339518083.107412 [0 127.0.0.1:60866] "set" "a\x00b" "1"
func readMonitored(r *bufio.Reader) (Command, error) {
	var cmd Command
	head, err := r.ReadString(']')
	if err != nil {
		return cmd, err
	}
	stamp, rest, ok := strings.Cut(strings.TrimLeft(head, "+\r\n"), " [")
	db, client, ok2 := strings.Cut(strings.TrimSuffix(rest, "]"), " ")
	seconds, err := strconv.ParseFloat(stamp, 64)
	if !ok || !ok2 || err != nil {
		return cmd, errReply
	}
	cmd.At = time.UnixMicro(int64(seconds * 1e6))
	cmd.DB, _ = strconv.Atoi(db)
	cmd.Client = client
	for {
		b, err := r.ReadByte()
		switch {
		case err != nil:
			return cmd, err
		case b == '\n':
			return cmd, nil
		case b == '"':
			arg, err := readQuoted(r)
			if err != nil {
				return cmd, err
			}
			cmd.Args = append(cmd.Args, arg)
		}
	}
}

// readQuoted reads an argument behind its opening quote, as sdscatrepr of
// Redis's sds.c writes it.
func readQuoted(r *bufio.Reader) ([]byte, error) {
	var arg []byte
	for {
		b, err := r.ReadByte()
		if err != nil {
			return nil, err
		}
		switch b {
		case '"':
			return arg, nil
		case '\\':
			if b, err = readEscape(r); err != nil {
				return nil, err
			}
		}
		if len(arg) < monitorArg {
			arg = append(arg, b)
		}
	}
}

func readEscape(r *bufio.Reader) (byte, error) {
	b, err := r.ReadByte()
	if err != nil {
		return 0, err
	}
	switch b {
	case 'n':
		return '\n', nil
	case 'r':
		return '\r', nil
	case 't':
		return '\t', nil
	case 'a':
		return '\a', nil
	case 'b':
		return '\b', nil
	case 'x':
		digits := make([]byte, 2)
		for i := range digits {
			if digits[i], err = r.ReadByte(); err != nil {
				return 0, err
			}
		}
		n, err := strconv.ParseUint(string(digits), 16, 8)
		if err != nil {
			return 0, errReply
		}
		return byte(n), nil
	}
	return b, nil
}
