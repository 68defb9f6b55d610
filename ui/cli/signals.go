package cli

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
)

// signalError is the signal that ended the program.
type signalError syscall.Signal

func (e signalError) Error() string { return syscall.Signal(e).String() }

// heed returns a context that ends with the first signal that asks the program
// to go, also when its terminal is closed. The next one ends it at once.
func heed() (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	wanted := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as nohup has it
		wanted = append(wanted, syscall.SIGHUP)
	}
	came := make(chan os.Signal, 1)
	signal.Notify(came, wanted...)
	go func() {
		select {
		case s := <-came:
			signal.Stop(came)
			sig, _ := s.(syscall.Signal)
			cancel(signalError(sig))
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		signal.Stop(came)
		cancel(nil)
	}
}

// interrupted is the exit status of a program that a signal ended, as the shell
// has it: 128 and the signal's number.
func interrupted(ctx context.Context) int {
	if sig, ok := errors.AsType[signalError](context.Cause(ctx)); ok && sig > 0 {
		return 128 + int(sig)
	}
	return exitInterrupted
}
