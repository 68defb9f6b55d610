package inspect

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/redis/go-redis/v9"
)

// script is a Lua program that is sent to the server. The guard lets only the
// programs of this package through.
type script struct{ text, sha string }

func newScript(text string) script {
	sum := sha1.Sum([]byte(text))
	return script{text, hex.EncodeToString(sum[:])}
}

// scripts are all programs that may be sent.
var scripts = []script{inspectScript, backupScript, deleteScript, undoScript, ttlScript}

// isScript reports whether args run one of the programs of this package.
func isScript(args []any) bool {
	name := word(args, 0)
	if name != "eval" && name != "evalsha" || len(args) < 3 {
		return false
	}
	what, _ := args[1].(string)
	for _, s := range scripts {
		if name == "evalsha" && what == s.sha || name == "eval" && what == s.text {
			return true
		}
	}
	return false
}

// scriptCall is the keys and arguments of one run of a script. In a cluster the
// keys are of one slot.
type scriptCall struct {
	keys [][]byte
	args []any
}

func (s script) command(name string, call scriptCall) []any {
	what := s.sha
	if name == "eval" {
		what = s.text
	}
	args := make([]any, 0, 3+len(call.keys)+len(call.args))
	args = append(args, name, what, len(call.keys))
	for _, k := range call.keys {
		args = append(args, k)
	}
	return append(args, call.args...)
}

// runScript sends all calls at once, follows where a cluster redirects them, and
// loads the script where the server does not have it yet. The reply to each
// call, or why there is none, is in its command.
func (c *Client) runScript(ctx context.Context, s script, calls []scriptCall) []*redis.RawCmd {
	cmds := c.sendRaw(ctx, len(calls), func(i int) []any { return s.command("evalsha", calls[i]) })
	var missing []int
	for i, cmd := range cmds {
		if redis.HasErrorPrefix(answer(cmd), "NOSCRIPT") {
			missing = append(missing, i)
		}
	}
	if len(missing) > 0 {
		again := c.sendRaw(ctx, len(missing), func(i int) []any { return s.command("eval", calls[missing[i]]) })
		for n, i := range missing {
			cmds[i] = again[n]
		}
	}
	return cmds
}

// runOne is runScript for one call. Its error is the server's, or that of the
// connection.
func (c *Client) runOne(ctx context.Context, s script, call scriptCall) (rawReply, error) {
	cmd := c.runScript(ctx, s, []scriptCall{call})[0]
	if err := answer(cmd); err != nil {
		return rawReply{}, err
	}
	b, err := cmd.Result()
	return rawReply{b}, err
}

// scripted reports whether scripts can be used: the server is known to run them
// as Redis does, this user may, and it has the commands that they call
// (PEXPIRETIME is of Redis 7). See probeScripts.
func (c *Client) scripted() bool {
	if c.cfg.ReadOnly || c.lacks("EVAL") {
		return false
	}
	switch c.Server().Product {
	case "Redis", "Valkey", "KeyDB":
		return true
	}
	return false
}

// inexactExpiry reports whether expiries differ by milliseconds each time they
// are read, as those of miniredis do, which does not always name itself.
func (c *Client) inexactExpiry() bool {
	p := c.Server().Product
	return p == "" || p == "miniredis"
}

// probeScripts finds out whether the script that deletes can be used, on a key
// that exists. It changes nothing: no value has the digest that it asks for.
func (c *Client) probeScripts(ctx context.Context, key []byte) error {
	if !c.scripted() || c.scriptsProbed.Load() {
		return nil
	}
	reply, err := c.runOne(ctx, deleteScript, scriptCall{keys: [][]byte{key}, args: []any{"", "0"}})
	if err == nil {
		var states, why []byte
		if states, why, err = scriptStates(reply, 1); err == nil && states[0] == 'e' {
			err = replyError(why)
		}
	}
	switch {
	case err == nil:
		c.scriptsProbed.Store(true)
	case keyRefused(err): // of another key it may be allowed
	case isReply(err) && refused(err) == nil, errors.Is(err, errReply):
		c.miss("EVAL", "keys are deleted in transactions (WATCH), which is slower")
	default:
		return c.lostErr(err)
	}
	return nil
}

// scriptStates reads the reply of deleteScript: a letter for each key, and the
// first error.
func scriptStates(reply rawReply, n int) (states, why []byte, err error) {
	rd := replyReader(reply)
	texts, err := rd.texts(nil)
	switch {
	case err != nil:
		return nil, nil, err
	case len(texts) != 2 || len(texts[0]) != n:
		return nil, nil, errReply
	}
	return texts[0], []byte(strings.TrimPrefix(string(texts[1]), "-")), nil
}

// deleteScript deletes each key whose DUMP and expiry are the ones given, in one
// atomic step. A DUMP is given whole, or by its SHA-1 in hex if that is shorter.
// The reply has a letter for each key: d deleted, c changed, g gone, e error, of
// which the first follows.
var deleteScript = newScript(`
local pcall, call, sha1 = redis.pcall, redis.call, redis.sha1hex
local states, mine, at, why = {}, {}, {}, ''
for i = 1, #KEYS do
  local k, state = KEYS[i], 'c'
  local dump, expiry = pcall('DUMP', k), pcall('PEXPIRETIME', k)
  if type(dump) == 'table' or type(expiry) == 'table' then
    state = 'e'
    if why == '' then why = type(dump) == 'table' and dump.err or expiry.err end
  elseif not dump then
    state = 'g'
  elseif expiry == tonumber(ARGV[2 * i]) then
    local want = ARGV[2 * i - 1]
    if dump == want or #want == 40 and sha1(dump) == want then
      state = 'd'
      mine[#mine + 1], at[#at + 1] = k, i
    end
  end
  states[i] = state
end
if #mine > 0 then
  local n = pcall('UNLINK', unpack(mine))
  if n ~= #mine then
    if type(n) == 'table' then why = n.err end
    for _, i in ipairs(at) do states[i] = 'e' end
    if type(n) ~= 'table' then why = 'UNLINK deleted ' .. n .. ' of ' .. #mine .. ' keys' end
  end
end
return {table.concat(states), why}
`)

// backupScript reads the server's clock, and DUMP and PEXPIRETIME of each key. An expiry that Lua cannot
// hold exactly is -3.
var backupScript = newScript(`
local call = redis.call
local now = call('TIME')
local out = {now[1] * 1000 + math.floor(now[2] / 1000)}
for i = 1, #KEYS do
  local expiry = call('PEXPIRETIME', KEYS[i])
  if expiry > 9007199254740991 then expiry = -3 end
  out[2 * i], out[2 * i + 1] = call('DUMP', KEYS[i]), expiry
end
return out
`)

// inspectScript reads the type, the expiry, the memory and, up to the size given
// in ARGV, the fingerprint of each key, and the server's clock.
var inspectScript = newScript(`
local call, pcall, sha1, sub = redis.call, redis.pcall, redis.sha1hex, string.sub
local closely = tonumber(ARGV[1])
local now = call('TIME')
local out = {now[1] * 1000 + math.floor(now[2] / 1000)}
for i = 1, #KEYS do
  local k, n = KEYS[i], 4 * i - 2
  local kind = call('TYPE', k).ok
  local size, sum, expiry = 0, '', -2
  if kind ~= 'none' then
    size = call('MEMORY', 'USAGE', k) or 0
    expiry = call('PEXPIRETIME', k)
    if expiry > 9007199254740991 then expiry = -3 end
    if size <= closely then
      local dump = pcall('DUMP', k)
      if type(dump) == 'string' then sum = sub(sha1(dump), 1, 16) end
    end
  end
  out[n], out[n + 1], out[n + 2], out[n + 3] = kind, expiry, size, sum
end
return out
`)

// ttlScript sets the expiry of each key whose expiry, and whose DUMP if one is
// given, are the ones given. ARGV has three values for each key: the DUMP or its
// SHA-1, the expiry and the new one, -1 for none. The reply is that of
// deleteScript, with d for done.
var ttlScript = newScript(`
local pcall, sha1 = redis.pcall, redis.sha1hex
local states, why = {}, ''
for i = 1, #KEYS do
  local k, state = KEYS[i], 'c'
  local want, new = ARGV[3 * i - 2], ARGV[3 * i]
  local expiry = pcall('PEXPIRETIME', k)
  local dump = want
  if want ~= '' then dump = pcall('DUMP', k) end
  if type(dump) == 'table' or type(expiry) == 'table' then
    state = 'e'
    if why == '' then why = type(dump) == 'table' and dump.err or expiry.err end
  elseif not dump or expiry == -2 then
    state = 'g'
  elseif expiry == tonumber(ARGV[3 * i - 1]) and (dump == want or #want == 40 and sha1(dump) == want) then
    local n
    if new == '-1' then n = pcall('PERSIST', k) else n = pcall('PEXPIREAT', k, new) end
    state = 'd'
    if type(n) == 'table' then
      state, why = 'e', n.err
    elseif n == 0 and new ~= '-1' then
      state = 'g'
    end
  end
  states[i] = state
end
return {table.concat(states), why}
`)
