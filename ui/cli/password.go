package cli

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"cacheview/ui/child"
	"cacheview/ui/config"
	"cacheview/ui/ownfile"
)

// passwordPatience is how long a password_command may take: it may ask its
// agent, and the person at it.
const passwordPatience = time.Minute

// secret returns the password that the configuration means. A command's is the
// first line that it prints.
func (a *app) secret(ctx context.Context, s config.Secret) (string, error) {
	switch {
	case s.Password != "":
		return s.Password, nil
	case s.Env != "":
		if p := a.getenv(s.Env); p != "" {
			return p, nil
		}
		return "", fmt.Errorf("the configuration takes the password from the environment variable %s, which is not set", s.Env)
	case len(s.Command) == 0:
		return "", nil
	}
	ctx, cancel := context.WithTimeout(ctx, passwordPatience)
	defer cancel()
	if err := checkProgram(s.Command[0]); err != nil {
		return "", fmt.Errorf("password_command %w", err)
	}
	cmd := child.Command(ctx, a.file.SecretVariables(), s.Command[0], s.Command[1:]...)
	cmd.Stdin, cmd.WaitDelay = a.in, time.Second
	out, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && len(exit.Stderr)+len(out) > 0 {
		return "", fmt.Errorf("password_command %s: %w; what it printed is not shown, since a password may be in it: run it by hand", s.Command[0], err)
	}
	if err != nil {
		return "", fmt.Errorf("password_command %s: %w", s.Command[0], err)
	}
	line, _, _ := strings.Cut(string(out), "\n")
	if line = strings.TrimSuffix(line, "\r"); line == "" {
		return "", fmt.Errorf("password_command %s printed nothing", s.Command[0])
	}
	return line, nil
}

// checkProgram refuses a program of the configuration that others can replace.
func checkProgram(name string) error {
	path, err := exec.LookPath(name)
	if err != nil {
		return nil // which is the error of starting it
	}
	return ownfile.CheckProgram(path)
}
