//go:build unix

package inspect_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"cacheview/inspect"
	"cacheview/inspect/journal"
)

// errDiskFull is what a journal on a full disk fails with.
var errDiskFull = syscall.ENOSPC

// strikingFile is the file of a journal that something happens to at the n-th
// write or sync.
type strikingFile struct {
	journal.File
	left   *atomic.Int64
	strike func(f journal.File, b []byte, at int64) error
}

// Fd has the journal locked while it is written.
func (f strikingFile) Fd() uintptr { return f.File.(*os.File).Fd() }

func (f strikingFile) WriteAt(b []byte, at int64) (int, error) {
	if f.left.Add(-1) == 0 {
		if err := f.strike(f.File, b, at); err != nil {
			return 0, err
		}
	}
	return f.File.WriteAt(b, at)
}

func (f strikingFile) Sync() error {
	if f.left.Add(-1) == 0 {
		if err := f.strike(f.File, nil, 0); err != nil {
			return err
		}
	}
	return f.File.Sync()
}

// fillDisk has every journal of c written to a disk that is full after n writes. A
// part of the write that does not fit is written.
func fillDisk(c *inspect.Client, n int) {
	var left atomic.Int64
	left.Store(int64(n))
	inspect.WrapJournals(c, func(f journal.File) journal.File {
		return strikingFile{f, &left, func(f journal.File, b []byte, at int64) error {
			_, _ = f.WriteAt(b[:len(b)/2], at)
			left.Store(1) // it stays full
			return errDiskFull
		}}
	})
}

// dieAt ends this process by SIGKILL in the middle of the n-th write of a journal,
// or in its sync.
func dieAt(c *inspect.Client, n int) {
	var left atomic.Int64
	left.Store(int64(n))
	inspect.WrapJournals(c, func(f journal.File) journal.File {
		return strikingFile{f, &left, func(f journal.File, b []byte, at int64) error {
			_, _ = f.WriteAt(b[:len(b)*2/3], at)
			die()
			return nil
		}}
	})
}

func die() {
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}

// dieInScript ends this process while the server runs the n-th script or
// transaction: before it is sent, on its way, or before its reply is read.
type dieInScript struct {
	left  atomic.Int64
	after time.Duration // less than zero dies before it is sent
}

func (d *dieInScript) strike(cmds []redis.Cmder) {
	for _, cmd := range cmds {
		switch name, _ := cmd.Args()[0].(string); name {
		case "evalsha", "eval", "exec":
			if d.left.Add(-1) != 0 {
				continue
			}
			if d.after < 0 {
				die()
			}
			time.AfterFunc(d.after, die)
		}
	}
}

func (d *dieInScript) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

func (d *dieInScript) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		d.strike([]redis.Cmder{cmd})
		return next(ctx, cmd)
	}
}

func (d *dieInScript) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		d.strike(cmds)
		return next(ctx, cmds)
	}
}

// soakChild is the environment variable that has TestSoakChild do one operation:
// the operation, the writers, the seed, the URL and the state directory.
const soakChild = "CACHEVIEW_SOAK_CHILD"

// TestSoakChild is the process that is killed. It does nothing unless it is
// started by a soak.
func TestSoakChild(t *testing.T) {
	arg := strings.Split(os.Getenv(soakChild), " ")
	if len(arg) != 5 {
		return
	}
	writers, _ := strconv.Atoi(arg[1])
	seed, _ := strconv.ParseUint(arg[2], 10, 64)
	rng := rand.New(rand.NewPCG(seed, 3))
	c, err := inspect.Open(context.Background(), inspect.Config{URL: arg[3], StateDir: arg[4]})
	if err != nil {
		t.Fatal(err)
	}
	switch n := 1 + rng.IntN(8); rng.IntN(4) {
	case 0:
		time.AfterFunc(time.Duration(rng.IntN(30_000))*time.Microsecond, die)
	case 1:
		dieAt(c, n)
	default:
		d := &dieInScript{after: time.Duration(rng.IntN(600)-200) * time.Microsecond}
		d.left.Store(int64(n))
		inspect.AddHook(c, d)
	}
	if err := soakDo(context.Background(), c, arg[0], writers, rng); !soakExpected(err) {
		t.Fatal(err)
	}
}

// killed has another process do an operation and be killed in it. It reports
// whether it was, before it was done.
func killed(t *testing.T, op string, writers int, seed uint64, url, dir string) bool {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestSoakChild$")
	cmd.Env = append(os.Environ(), soakChild+"="+strings.Join([]string{
		op, strconv.Itoa(writers), strconv.FormatUint(seed, 10), url, dir,
	}, " "))
	out, err := cmd.CombinedOutput()
	if err == nil {
		return false
	}
	exit, ok := errors.AsType[*exec.ExitError](err)
	if ok {
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() && status.Signal() == syscall.SIGKILL {
			return true
		}
	}
	t.Errorf("%s: %v: %s", op, err, out)
	return false
}
