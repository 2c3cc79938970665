-- Removes a bounded number of entries of a holder whose lease has expired.
-- KEYS leases, servers, where, accounts, conns:<holder>, facts:<holder>
-- ARGV holder, maximum number of entries
-- Returns the number of remaining entries, or -1 if the lease is running.
if lives(KEYS[1], ARGV[1], clock()) then return -1 end

-- Decrements the holder's connection count of an account. An account without connections is removed.
local function decrement(account)
  local left = ''
  for h, n in string.gmatch(redis.call('HGET', KEYS[3], account) or '', '([^=;]+)=(%d+);') do
    n = tonumber(n)
    if h == ARGV[1] then n = n - 1 end
    if n > 0 then left = left .. h .. '=' .. string.format('%d', n) .. ';' end
  end
  if left == '' then
    redis.call('HDEL', KEYS[3], account)
    redis.call('ZREM', KEYS[4], account)
  else
    redis.call('HSET', KEYS[3], account, left)
  end
end

for _, member in ipairs(redis.call('ZRANGE', KEYS[5], 0, tonumber(ARGV[2]) - 1)) do
  decrement(string.match(member, '^(.*)\1'))
  redis.call('ZREM', KEYS[5], member)
end
local left = redis.call('ZCARD', KEYS[5])
if left == 0 then
  redis.call('HDEL', KEYS[1], ARGV[1])
  redis.call('HDEL', KEYS[2], ARGV[1])
  redis.call('UNLINK', KEYS[6])
end
return left
