package inspect

import (
	"errors"
	"strings"

	"github.com/redis/go-redis/v9"
)

// unsupported reports whether err says that the server does not have the
// command, or that this user may not run it, whatever the key.
func unsupported(err error) bool {
	msg := strings.ToLower(replyText(err))
	switch {
	case strings.HasPrefix(msg, "unknown command"), strings.Contains(msg, "unknown subcommand"),
		strings.Contains(msg, "is not supported"):
		return true
	}
	// Redis has two kinds of NOPERM, and has changed the words of both:
	// "... to run the 'x' command" and "... to access one of the keys".
	return strings.HasPrefix(msg, "noperm") && strings.Contains(msg, "command") && !keyRefused(err)
}

// keyRefused reports whether err says that this user may not touch that key.
func keyRefused(err error) bool {
	msg := replyText(err)
	return strings.HasPrefix(msg, "NOPERM") && strings.Contains(msg, "access") && strings.Contains(msg, "key")
}

// replyText is what the server answered with, "" when err is no such answer.
func replyText(err error) string {
	reply, ok := errors.AsType[redis.Error](err)
	if !ok {
		return ""
	}
	return strings.TrimPrefix(reply.Error(), "ERR ")
}

// miss notes once that a command is not to be had, and why that matters.
func (c *Client) miss(command, effect string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range c.server.Missing {
		if m.Command == command {
			return
		}
	}
	c.server.Missing = append(c.server.Missing, MissingCommand{Command: command, Effect: effect})
}

// lacks reports whether a command was found missing before.
func (c *Client) lacks(command string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range c.server.Missing {
		if m.Command == command {
			return true
		}
	}
	return false
}
