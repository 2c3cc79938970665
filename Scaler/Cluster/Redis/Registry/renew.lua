-- Renews a lease, or acquires it (join). An expired lease is not renewed, because other servers may already be removing its
-- entries.
-- KEYS leases, servers, where, accounts, conns:<holder>, facts:<holder>, secret
-- ARGV holder, server ID, lease in ms, server description (JSON), '1' to join, lifetime of the keys in ms
-- Returns {0} if the lease has expired, else {1, time in µs, number of registered connections, leases, servers}.
local now = clock()
if ARGV[5] == '1' then
  -- End the leases of earlier epochs of this server: only one process has this ID.
  for _, h in ipairs(redis.call('HKEYS', KEYS[1])) do
    if h ~= ARGV[1] and string.sub(h, 1, #ARGV[2] + 1) == ARGV[2] .. '.' then redis.call('HSET', KEYS[1], h, '0') end
  end
elseif not lives(KEYS[1], ARGV[1], now) then
  return {0}
end
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', now + tonumber(ARGV[3])))
redis.call('HSET', KEYS[2], ARGV[1], ARGV[4])
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ARGV[6]) end
local t = redis.call('TIME')
return {
  1, string.format('%.0f', t[1] * 1000000 + t[2]), redis.call('ZCARD', KEYS[5]), redis.call('HGETALL', KEYS[1]),
  redis.call('HGETALL', KEYS[2]),
}
