-- Renews a lease, or takes it (join). A lease that has ended is not renewed: others may already be removing its entries.
-- KEYS leases, servers, where, accounts, conns:<holder>, facts:<holder>, secret
-- ARGV holder, id, lease in ms, info, '1' to join, how long the keys live in ms
-- Gives {0} where the lease is gone, else {1, now, connections registered, leases, servers, now in microseconds}.
local now = clock()
if ARGV[5] == '1' then
  -- Another life of the same server has ended: there is only one process of this id.
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
  1, string.format('%.0f', now), redis.call('ZCARD', KEYS[5]), redis.call('HGETALL', KEYS[1]), redis.call('HGETALL', KEYS[2]),
  string.format('%.0f', t[1] * 1000000 + t[2]),
}
