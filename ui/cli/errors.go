package cli

import (
	"errors"
	"fmt"
)

// Outcomes that have an exit status of their own. They are not printed: whoever
// returns one has said what there is to say.
var (
	errNothing  = errors.New("nothing matched")
	errPartly   = errors.New("partly done")
	errReported = errors.New("reported already")
	errDiffers  = errors.New("a check did not hold")
)

// usageError is a command line that cannot be meant.
type usageError string

func (e usageError) Error() string { return string(e) }

func usagef(format string, args ...any) error {
	return usageError(fmt.Sprintf(format, args...))
}

// isOutcome reports whether an error only says which outcome there was, of which
// everything has been said.
func isOutcome(err error) bool {
	return errors.Is(err, errNothing) || errors.Is(err, errPartly) || errors.Is(err, errReported) || errors.Is(err, errDiffers)
}
