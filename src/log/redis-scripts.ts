/**
 * What has to happen in Redis in one step. Redis runs a script alone, so what one has checked still holds when it writes.
 *
 * Keys of a stream, all with its name in braces, so that a cluster keeps them together:
 * `state` (hash: epoch, version, run, token, tokens), `log` (stream: an entry a batch, its id the version after it),
 * `checkpoints` (hash: version → crc and state), `lease` (who writes).
 */

/** KEYS state. ARGV epoch if new, whether Redis forgets nothing in a restart, version if new. → epoch, version */
export const openScript = `
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local epoch = redis.call('HGET', KEYS[1], 'epoch')
if not epoch then
  redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'version', ARGV[3], 'run', run)
elseif ARGV[2] == '0' and redis.call('HGET', KEYS[1], 'run') ~= run then
  redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'run', run)
else
  redis.call('HSET', KEYS[1], 'run', run)
end
return redis.call('HMGET', KEYS[1], 'epoch', 'version')`;

/**
 * An answer may be lost after the deed: whoever sends the same batch again hears that it is there.
 *
 * KEYS state, log. ARGV expected version, version after, token, batch. → outcome, version or token
 */
export const appendScript = `
local state = redis.call('HMGET', KEYS[1], 'version', 'token', 'epoch')
if not state[3] then return {'unknown', ''} end
if (state[2] or '') ~= ARGV[3] then return {'fenced', state[2] or ''} end
if state[1] ~= ARGV[1] then
  if state[1] == ARGV[2] then
    local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
    if last and last[2][2] == ARGV[4] then return {'appended', state[1]} end
  end
  return {'conflict', state[1]}
end
redis.call('XADD', KEYS[2], ARGV[2] .. '-0', 'batch', ARGV[4])
redis.call('HSET', KEYS[1], 'version', ARGV[2])
return {'appended', ARGV[2]}`;

/** KEYS state, checkpoints, log. ARGV token, version, checkpoint, version to cut the log to or '', versions to delete… → outcome, token */
export const checkpointScript = `
local token = redis.call('HGET', KEYS[1], 'token') or ''
if token ~= ARGV[1] then return {'fenced', token} end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
for i = 5, #ARGV do redis.call('HDEL', KEYS[2], ARGV[i]) end
if ARGV[4] ~= '' then redis.call('XTRIM', KEYS[3], 'MINID', '=', ARGV[4] .. '-1') end
return {'saved', token}`;

/** KEYS lease, state. ARGV node, lease's time in ms. → 'held' | 'taken' | 'foreign', token or holder */
export const leaseScript = `
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return {'foreign', holder} end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
if holder then return {'held', redis.call('HGET', KEYS[2], 'token') or ''} end
local token = ARGV[1] .. ':' .. redis.call('HINCRBY', KEYS[2], 'tokens', 1)
redis.call('HSET', KEYS[2], 'token', token)
return {'taken', token}`;

/** KEYS lease. ARGV node. */
export const releaseScript = `
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 'OK'`;
