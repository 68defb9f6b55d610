package inspect

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// runClass is what a command of the user does.
type runClass int

const (
	runRead   runClass = iota
	runEffect          // changes no key, such as PUBLISH
	runWrite
	runScript // may change keys that it does not name
)

// RefusedCommandError is returned by Run for a command that is not sent. Nothing
// reached the server.
type RefusedCommandError struct {
	Command string
	Reason  string
	Instead string // a command of cacheview, or empty
}

// Error gives the reason.
func (e *RefusedCommandError) Error() string {
	return fmt.Sprintf("run: %s: %s", e.Command, e.Reason)
}

// refusedCommands are never sent by Run, with the reason and what to do instead.
// A name alone stands for all its subcommands.
var refusedCommands = map[string][2]string{
	"keys":         {"it blocks the server while it lists all keys", "cacheview ls --match GLOB"},
	"monitor":      {"it slows the server down without an end", "cacheview stats --monitor 10s"},
	"flushall":     {"it deletes every database without an undo", "cacheview clear --all -n N"},
	"flushdb":      {"it deletes the database without an undo", "cacheview clear --all"},
	"shutdown":     {"it stops the server", ""},
	"debug":        {"it can stop or crash the server", ""},
	"subscribe":    {"it does not end", "cacheview watch"},
	"psubscribe":   {"it does not end", "cacheview watch"},
	"ssubscribe":   {"it does not end", "cacheview watch"},
	"unsubscribe":  {"there is nothing to end", ""},
	"punsubscribe": {"there is nothing to end", ""},
	"sunsubscribe": {"there is nothing to end", ""},
	"select":       {"one command is sent, and then the connection is closed", "cacheview run -n N COMMAND"},
	"swapdb":       {"it exchanges all keys of two databases without an undo", ""},
	"auth":         {"the user belongs to the connection", "cacheview run --username USER --askpass COMMAND"},
	"hello":        {"the protocol belongs to the connection", ""},
	"quit":         {"the connection is closed anyway", ""},
	"reset":        {"the connection is closed anyway", ""},
	"multi":        {"one command is sent", ""},
	"exec":         {"one command is sent", ""},
	"discard":      {"one command is sent", ""},
	"watch":        {"one command is sent", "cacheview watch"},
	"unwatch":      {"one command is sent", ""},
	"asking":       {"redirects of a cluster are followed", ""},
	"readonly":     {"it belongs to the connection", ""},
	"readwrite":    {"it belongs to the connection", ""},
	"wait":         {"it waits for replicas", ""},
	"waitaof":      {"it waits for replicas", ""},
	"sync":         {"it sends the whole data set", ""},
	"psync":        {"it sends the whole data set", ""},
	"move":         {"undo does not reach the other database", "cacheview copy KEY --to-db N"},
	"migrate":      {"undo does not reach the other server", "cacheview copy KEY --to URL"},
	"pfdebug":      {"it can crash the server", ""},
}

// harmlessCommands have neither the flag for reading nor the one for writing, and
// change nothing.
var harmlessCommands = newCommandSet(
	"ping", "echo", "time", "role", "info", "lolwut", "command",
	"client id", "client info", "client list", "client getname", "client trackinginfo", "client help",
	"config get", "config help", "slowlog get", "slowlog len", "slowlog help", "acl whoami", "acl cat", "acl list", "acl users", "acl getuser", "acl help",
	"cluster info", "cluster nodes", "cluster slots", "cluster shards", "cluster myid", "cluster keyslot", "cluster countkeysinslot", "cluster getkeysinslot", "cluster help",
	"latency latest", "latency history", "latency doctor", "latency histogram", "latency help",
	"memory stats", "memory doctor", "memory malloc-stats", "memory help", "memory usage",
	"module list", "module help", "function list", "function stats", "function dump", "function help", "script exists", "script help",
	"pubsub channels", "pubsub numsub", "pubsub numpat", "pubsub shardchannels", "pubsub shardnumsub", "pubsub help",
	"object help", "xinfo help", "xgroup help", "lastsave",
)

// knownReads are sent where the server does not tell what its commands do.
var knownReads = newCommandSet(
	"get", "mget", "strlen", "getrange", "type", "ttl", "pttl", "exists", "dbsize", "ping", "time", "info",
	"hget", "hgetall", "hlen", "hkeys", "hvals", "hmget", "hexists", "llen", "lrange", "lindex",
	"scard", "smembers", "sismember", "zcard", "zrange", "zscore", "zrevrange", "xlen", "xrange",
)

// scriptCommands run programs on the server.
var scriptCommands = newCommandSet("eval", "evalsha", "fcall")

// commandName is how a command is called in messages: "CONFIG SET".
func commandName(args []any) string {
	name := strings.ToUpper(word(args, 0))
	if containers.has(args) && len(args) > 1 {
		name += " " + strings.ToUpper(word(args, 1))
	}
	return name
}

// containers are the commands whose second word is a part of their name.
var containers = newCommandSet("acl", "client", "cluster", "command", "config", "debug", "function", "latency", "memory", "module", "object", "pubsub", "script", "sentinel", "slowlog", "xgroup", "xinfo")

// classify finds out what a command does, by the lists above and by what the server
// says of it (COMMAND INFO). What is not known is refused.
func (c *Client) classify(ctx context.Context, args []any) (runClass, error) {
	name := word(args, 0)
	refuse := func(reason, instead string) (runClass, error) {
		return 0, &RefusedCommandError{commandName(args), reason, instead}
	}
	if no, ok := refusedCommands[name]; ok {
		return refuse(no[0], no[1])
	}
	if harmlessCommands.has(args) {
		return runRead, nil
	}
	if name == "config" {
		return refuse("it changes the server for everybody", "")
	}
	flags, groups, err := c.commandFlags(ctx, args)
	switch {
	case err != nil && (!isReply(err) || fatal(err) != nil):
		return 0, c.lostErr(err)
	case err != nil && knownReads.has(args):
		return runRead, nil
	case err != nil:
		return refuse("the server does not report whether the command writes ("+err.Error()+")", "")
	case flags == nil:
		return refuse("the server does not know this command", "")
	}
	has := func(flag string) bool { return slices.Contains(flags, flag) }
	switch {
	case (has("blocking") || slices.Contains(groups, "@blocking")) && (!strings.HasPrefix(name, "xread") || hasWord(args[1:], "block")):
		return refuse("it can wait without an end", "")
	case name == "copy" && len(args) > 3 && hasWord(args[3:], "db"):
		return refuse("undo does not reach the other database", "cacheview copy KEY --to-db N")
	case scriptCommands.has(args):
		return runScript, nil
	case has("admin"):
		return refuse("it is about the server, and not about keys", "")
	case has("write"), has(changesKeys), name == "pfcount": // which caches its result in the key
		return runWrite, nil
	case has("readonly"):
		return runRead, nil
	case name == "publish" || name == "spublish":
		return runEffect, nil
	}
	return refuse("it is not known what it changes", "")
}

// hasWord reports whether one of the arguments is a word, in any case.
func hasWord(args []any, text string) bool {
	for i := range args {
		if word(args, i) == text {
			return true
		}
	}
	return false
}

// commandFlags returns the flags and the ACL categories of a command, nil if the
// server does not know it.
func (c *Client) commandFlags(ctx context.Context, args []any) (flags, groups []string, err error) {
	names := []string{word(args, 0)}
	if containers.has(args) && len(args) > 1 {
		names = []string{word(args, 0) + "|" + word(args, 1), word(args, 0)}
	}
	for _, name := range names {
		reply, err := c.askTree(ctx, "command", "info", name)
		if err != nil {
			return nil, nil, err
		}
		if len(reply.Items) != 1 || len(reply.Items[0].Items) < 3 {
			continue // unknown
		}
		info := reply.Items[0].Items
		flags = append(texts(info[2]), "known")
		if len(info) > 6 {
			groups = texts(info[6])
		}
		if len(info) > 8 && specChanges(info[8]) {
			flags = append(flags, changesKeys)
		}
		return flags, groups, nil
	}
	return nil, nil, nil
}

// changesKeys stands for a key specification (Redis 7) with access to change keys.
const changesKeys = "changes-keys"

// specChanges reports whether one of the key specifications of a command says that
// it changes a key: RW, OW or RM.
func specChanges(specs Reply) bool {
	for _, spec := range specs.Items {
		for i := 0; i+1 < len(spec.Items); i += 2 {
			if string(spec.Items[i].Text) != "flags" {
				continue
			}
			for _, flag := range texts(spec.Items[i+1]) {
				if flag == "rw" || flag == "ow" || flag == "rm" {
					return true
				}
			}
		}
	}
	return false
}

// texts returns the texts of a list, in lower case.
func texts(r Reply) []string {
	var list []string
	for _, item := range r.Items {
		list = append(list, strings.ToLower(string(item.Text)))
	}
	return list
}

// askTree sends one command and returns its reply as a tree; an error reply is an error.
func (c *Client) askTree(ctx context.Context, args ...any) (Reply, error) {
	raw, err := c.do(ctx, args...)
	if err != nil {
		return Reply{}, err
	}
	reply, err := parseReply(raw.b)
	if err == nil && reply.Kind == ReplyError {
		err = replyError(reply.Text)
	}
	return reply, err
}
