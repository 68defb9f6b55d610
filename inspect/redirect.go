package inspect

import (
	"context"
	"strings"

	"github.com/redis/go-redis/v9"
)

// A cluster answers MOVED or ASK for a key that another node has, and has done
// nothing then. go-redis would follow only where it reads the answer itself,
// which it does not with the raw replies that are asked for here, and it sends a
// whole batch a second time when a connection breaks. So it follows nothing
// (see clusterOptions), and this file does, each command by itself.

// maxRedirects is how often one command is sent on to another node.
const maxRedirects = 5

// redirect is where a command should have gone.
type redirect struct {
	addr string
	ask  bool // only this once, and after ASKING
}

// redirectOf reads a cluster's answer, "MOVED 3999 127.0.0.1:6381".
func redirectOf(err error) (redirect, bool) {
	f := strings.Fields(replyText(err))
	if len(f) != 3 || f[0] != "MOVED" && f[0] != "ASK" {
		return redirect{}, false
	}
	return redirect{f[2], f[0] == "ASK"}, true
}

// sendRaw sends commands at once and follows where a cluster has them go. What
// became of each is in it: its reply, which may be an error, or why there is
// none.
func (c *Client) sendRaw(ctx context.Context, n int, command func(i int) []any) []*redis.RawCmd {
	cmds, all := rawCommands(ctx, n, command)
	execute(ctx, c.cmdable(), cmds, all, false)
	for range maxRedirects {
		if c.cluster == nil || !c.follow(ctx, cmds) {
			break
		}
	}
	return cmds
}

// rawCommands makes n commands, and the list of them all.
func rawCommands(ctx context.Context, n int, command func(i int) []any) (cmds []*redis.RawCmd, all []int) {
	cmds, all = make([]*redis.RawCmd, n), make([]int, n)
	for i := range cmds {
		cmds[i], all[i] = redis.NewRawCmd(ctx, command(i)...), i
	}
	return cmds, all
}

// pipeliner is a client, or a connection that is kept for a transaction.
type pipeliner interface {
	Pipelined(ctx context.Context, fn func(redis.Pipeliner) error) ([]redis.Cmder, error)
}

// execute sends those of the commands. The errors are in the commands.
func execute(ctx context.Context, on pipeliner, cmds []*redis.RawCmd, which []int, ask bool) {
	_, _ = on.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, i := range which {
			if ask {
				p.Do(ctx, "asking")
			}
			if err := p.Process(ctx, cmds[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// follow sends the redirected commands to where they should go, and reports
// whether there were any.
func (c *Client) follow(ctx context.Context, cmds []*redis.RawCmd) bool {
	to := map[redirect][]int{}
	for i, cmd := range cmds {
		if r, ok := redirectOf(answer(cmd)); ok {
			to[r] = append(to[r], i)
		}
	}
	if len(to) == 0 {
		return false
	}
	nodes, err := c.masters(ctx) // this also tells go-redis where the slots are now
	if err != nil {
		return false
	}
	for r, which := range to {
		node, ok := nodeAt(nodes, r.addr)
		if !ok {
			continue
		}
		for _, i := range which {
			cmds[i] = redis.NewRawCmd(ctx, cmds[i].Args()...)
		}
		execute(ctx, node, cmds, which, r.ask)
	}
	return true
}

// answer is the error that a command was answered with, if any.
func answer(cmd *redis.RawCmd) error {
	b, err := cmd.Result()
	if err != nil {
		return err
	}
	if len(b) == 0 || b[0] != '-' {
		return nil
	}
	_, err = rawReply{b}.text()
	return err
}

func nodeAt(nodes []*redis.Client, addr string) (*redis.Client, bool) {
	for _, n := range nodes {
		if n.Options().Addr == addr {
			return n, true
		}
	}
	return nil, false
}

// do sends one command and follows where a cluster has it go.
func (c *Client) do(ctx context.Context, args ...any) (rawReply, error) {
	replies, err := c.pipeline(ctx, 1, func(int) []any { return args })
	if err != nil {
		return rawReply{}, err
	}
	return replies[0], nil
}
