-- Registers connections of a holder. Doing it again changes nothing but the facts.
-- KEYS leases, where, accounts, conns:<holder>, facts:<holder>
-- ARGV holder, connections allowed per account (0: any number), how long the keys live in ms, then account, connection, facts, …
-- Gives 1, or 0 where the account has as many as are allowed: then nothing after it is registered either.
local now = clock()
local limit = tonumber(ARGV[2])
for i = 4, #ARGV, 3 do
  local account, id = ARGV[i], ARGV[i + 1]
  if limit > 0 and not redis.call('ZSCORE', KEYS[4], account .. '\1' .. id) then
    local total = 0
    for h, n in string.gmatch(redis.call('HGET', KEYS[2], account) or '', '([^=;]+)=(%d+);') do
      if lives(KEYS[1], h, now) then total = total + tonumber(n) end
    end
    if total >= limit then return 0 end
  end
  if redis.call('ZADD', KEYS[4], 0, account .. '\1' .. id) == 1 then count(KEYS[2], KEYS[3], account, ARGV[1], 1) end
  redis.call('HSET', KEYS[5], id, ARGV[i + 2])
end
for i = 2, 5 do
  -- Only where the key has just been made: a renewal keeps it alive from then on.
  if redis.call('PTTL', KEYS[i]) == -1 then redis.call('PEXPIRE', KEYS[i], ARGV[3]) end
end
return 1
