package inspect

import (
	"errors"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"
)

// quietReply is an error reply without the password that the server repeated.
type quietReply string

func (e quietReply) Error() string { return string(e) }

// RedisError makes it a redis.Error, as what it stands for was.
func (quietReply) RedisError() {}

// quiet takes the password out of the answer to a command that carried it: a
// server that does not know AUTH, because it was renamed, quotes what it was
// given (server.c, rejectCommandFormat).
func quiet(cmd redis.Cmder, err error) error {
	name := word(cmd.Args(), 0)
	if !isReply(err) || name != "auth" && name != "hello" {
		return err
	}
	for _, s := range passwords(cmd.Args()) {
		if text := without(err.Error(), s); text != err.Error() {
			err = quietReply(text)
			cmd.SetErr(err)
		}
	}
	return err
}

// passwords are what a command that carries a password has for it: the last
// word of AUTH, and of HELLO the one after the user.
func passwords(args []any) []string {
	at := len(args) - 1
	if word(args, 0) == "hello" {
		if at = 2 + slices.IndexFunc(args, func(a any) bool { return a == "auth" }); at == 1 {
			return nil
		}
	}
	if at < 1 || at >= len(args) {
		return nil
	}
	if s, ok := args[at].(string); ok && s != "" {
		return []string{s}
	}
	return nil
}

// without returns a text in which secret does not occur, as much of it as can
// be kept.
func without(text, secret string) string {
	if secret == "" || !strings.Contains(text, secret) {
		return text
	}
	if before, _, cut := strings.Cut(text, ", with args beginning with"); cut && !strings.Contains(before, secret) {
		return before
	}
	first, _, _ := strings.Cut(text, " ")
	if strings.Contains(first, secret) {
		first = "ERR"
	}
	return first + " (not shown: the answer repeated the password)"
}

// conceal is the last gate before an error of Open leaves: whatever library or
// server worded it, none of the passwords is in it. Those of fewer than four
// characters are left to the commands that carry them, since they occur in
// ordinary words.
func (c *Client) conceal(err error) error {
	secrets := []string{c.opt.Password}
	if c.cfg.Sentinel != nil {
		secrets = append(secrets, c.cfg.Sentinel.Password)
	}
	for _, s := range secrets {
		if len(s) < 4 || err == nil || !strings.Contains(err.Error(), s) {
			continue
		}
		if e, ok := errors.AsType[*ConnError](err); ok {
			err = &ConnError{Addr: e.Addr, Kind: e.Kind, Err: errors.New(without(e.Err.Error(), s)), Hint: e.Hint}
		} else {
			err = errors.New(without(err.Error(), s))
		}
	}
	return err
}
