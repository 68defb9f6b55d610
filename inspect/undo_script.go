package inspect

import (
	"context"
	"errors"
	"strconv"

	"github.com/redis/go-redis/v9"

	"cacheview/inspect/journal"
)

// undoScript changes one key, in one step, if it holds what the journal says. The
// reply is a status, or the digest of the value that was written.
var undoScript = newScript(`
local call, pcall, sha1 = redis.call, redis.pcall, redis.sha1hex
local op, k = ARGV[1], KEYS[1]
local function digest(of, key)
  if of == 's' then
    if call('TYPE', key).ok ~= 'string' then return 'other' end
    return sha1(call('GET', key))
  end
  local d = call('DUMP', key)
  return d and sha1(d) or 'none'
end
local function put(key, expiry, dump, replace)
  local r
  if replace then r = pcall('RESTORE', key, expiry, dump, 'ABSTTL', 'REPLACE')
  else r = pcall('RESTORE', key, expiry, dump, 'ABSTTL') end
  if r.err then return r end
  return digest('d', key)
end
local function clock()
  local now = call('TIME')
  return now[1] * 1000 + math.floor(now[2] / 1000)
end
-- The expiry, and whether it is exact: before Redis 7 it is computed.
local function expiryOf(key)
  local at = pcall('PEXPIRETIME', key)
  if type(at) ~= 'table' then return at, true end
  local left = call('PTTL', key)
  if left < 0 then return left, true end
  return clock() + left, false
end
local function expires(key, want)
  local at, exact = expiryOf(key)
  if exact and ARGV[#ARGV] == '0' or at < 0 or want < 0 then return at == want end
  return math.abs(at - want) <= 2000
end
if op == 'new' then
  if call('EXISTS', k) == 1 then return 'exists' end
  return put(k, ARGV[2], ARGV[3], false)
elseif op == 'swap' then
  local of, was, before, expiry, dump, at = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
  if call('EXISTS', k) == 0 then
    if tonumber(expiry) > 0 and tonumber(expiry) <= clock() then return 'expired' end
    return put(k, expiry, dump, false)
  end
  if was ~= '' and digest(of, k) == was then
    if at == 'keep' then
      local now = expiryOf(k)
      return put(k, now < 0 and '0' or string.format('%.0f', now), dump, true)
    end
    if at == '' or expires(k, tonumber(at)) then return put(k, expiry, dump, true) end
  end
  if digest('d', k) == before then return 'already' end
  return 'changed'
elseif op == 'drop' then
  if call('EXISTS', k) == 0 then return 'already' end
  if digest(ARGV[2], k) ~= ARGV[3] or ARGV[4] ~= '' and not expires(k, tonumber(ARGV[4])) then return 'changed' end
  call('UNLINK', k)
  return 'ok'
elseif op == 'ttl' then
  local now, old, at = tonumber(ARGV[2]), tonumber(ARGV[3]), expiryOf(k)
  if at == -2 then return 'gone' end
  if at == old then return 'already' end
  if ARGV[5] ~= '' and digest(ARGV[4], k) ~= ARGV[5] then return 'changed' end
  if expires(k, now) then
    if old < 0 then call('PERSIST', k) else call('PEXPIREAT', k, ARGV[3]) end
    return 'ok'
  end
  if expires(k, old) then return 'already' end
  return 'changed'
elseif op == 'rename' then
  local of, was, expiry, dump, new = ARGV[2], ARGV[3], ARGV[4], ARGV[5], KEYS[2]
  if call('EXISTS', k) == 1 then
    if call('EXISTS', new) == 0 and (was == '' or digest(of, k) == was) then return 'already' end
    return 'exists'
  end
  if call('EXISTS', new) == 0 then return 'gone' end
  if was ~= '' and digest(of, new) ~= was then return 'changed' end
  if ARGV[6] ~= '' and not expires(new, tonumber(ARGV[6])) then return 'changed' end
  call('RENAME', new, k)
  if dump ~= '' then
    local r = put(new, expiry, dump, false)
    if type(r) == 'table' then return r end
  end
  return 'ok'
end
return redis.error_reply('ERR unknown operation ' .. op)
`)

// The statuses of undoScript. Anything else is a digest.
const (
	statusOK      = "ok"
	statusAlready = "already" // is as it was before the operation
	statusChanged = "changed" // holds something else
	statusExists  = "exists"
	statusGone    = "gone"
	statusExpired = "expired" // its TTL would have ended by now
)

func digestOf(d journal.Digest) (of, sum string) {
	switch d.Of {
	case journal.OfDump:
		return "d", d.Hex()
	case journal.OfString:
		return "s", d.Hex()
	}
	return "d", ""
}

func msText(expiry int64) string { return strconv.FormatInt(max(expiry, 0), 10) }

// newCall creates a key that must not exist.
func newCall(e journal.Entry) scriptCall {
	return scriptCall{[][]byte{e.Key}, []any{"new", msText(e.Expiry), e.Dump}}
}

// keepExpiry has swapCall leave the expiry of a key that exists.
const keepExpiry = "keep"

// swapCall replaces what an operation wrote by the value before. At is the expiry
// that the key must have, "" for any, or keepExpiry.
func swapCall(e journal.Entry, wrote journal.Digest, at string) scriptCall {
	of, was := digestOf(wrote)
	return scriptCall{[][]byte{e.Key}, []any{"swap", of, was, journal.DigestDump(e.Dump).Hex(), msText(e.Expiry), e.Dump, at}}
}

// reverseCall reverses a record that is not a delete.
func reverseCall(e journal.Entry) scriptCall {
	of, was := digestOf(e.Wrote)
	switch e.Kind {
	case journal.KindCreate:
		return scriptCall{[][]byte{e.Key}, []any{"drop", of, was, wroteExpiry(e)}}
	case journal.KindTTL:
		return scriptCall{[][]byte{e.Key}, []any{"ttl", strconv.FormatInt(e.NewExpiry, 10), strconv.FormatInt(e.Expiry, 10), of, was}}
	case journal.KindRename:
		dump := e.Dump
		if dump == nil {
			dump = []byte{}
		}
		return scriptCall{[][]byte{e.Key, e.NewName}, []any{"rename", of, was, msText(e.Expiry), dump, wroteExpiry(e)}}
	}
	at := wroteExpiry(e)
	if leavesExpiry(e) {
		at = keepExpiry
	}
	return swapCall(e, e.Wrote, at)
}

// leavesExpiry reports whether an operation replaced a value and not its expiry. Its
// undo leaves the expiry, too, which may have been set since.
func leavesExpiry(e journal.Entry) bool {
	return e.Kind == journal.KindOverwrite && e.NewExpiry != 0 && e.NewExpiry == e.Expiry
}

// wroteExpiry is the expiry that an operation wrote, "" if the journal does not
// say.
func wroteExpiry(e journal.Entry) string {
	if e.NewExpiry == 0 {
		return ""
	}
	return strconv.FormatInt(e.NewExpiry, 10)
}

// exchange runs calls of undoScript. It returns a status or an error for each; the
// last error is of the connection, or of a user who has neither scripts nor
// transactions.
func (c *Client) exchange(ctx context.Context, calls []scriptCall) (status []string, errs []error, err error) {
	status, errs = make([]string, len(calls)), make([]error, len(calls))
	slack := "0"
	if c.inexactExpiry() {
		slack = "1"
	}
	for i := range calls {
		calls[i].args = append(calls[i].args, slack) // what the script reads last
	}
	if c.lacks("EVAL") {
		return status, errs, c.exchangeTx(ctx, calls, status, errs)
	}
	for i, cmd := range c.runScript(ctx, undoScript, calls) {
		b, err := cmd.Result()
		if err == nil {
			var text []byte
			text, err = rawReply{b}.text()
			status[i] = string(text)
		}
		switch {
		case err == nil:
		case !isReply(err):
			return status, errs, c.lostErr(err)
		case scriptRefused(err) && i == 0:
			c.miss("EVAL", "keys are compared and changed in transactions (WATCH), which is slower")
			return status, errs, c.exchangeTx(ctx, calls, status, errs)
		default:
			errs[i] = err
		}
	}
	return status, errs, nil
}

// scriptRefused reports whether the server does not run scripts for this user.
func scriptRefused(err error) bool {
	return unsupported(err) && !errors.Is(err, redis.Nil)
}
