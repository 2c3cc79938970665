-- Removes entries of a holder whose lease is gone, a bounded number at a time.
-- KEYS leases, servers, where, accounts, conns:<holder>, facts:<holder>
-- ARGV holder, how many
-- Gives how many are left; -1 where the holder lives.
if lives(KEYS[1], ARGV[1], clock()) then return -1 end
local members = redis.call('ZRANGE', KEYS[5], 0, tonumber(ARGV[2]) - 1)
for _, member in ipairs(members) do
  local account = string.match(member, '^(.*)\1')
  count(KEYS[3], KEYS[4], account, ARGV[1], -1)
  redis.call('ZREM', KEYS[5], member)
end
local left = redis.call('ZCARD', KEYS[5])
if left == 0 then
  redis.call('HDEL', KEYS[1], ARGV[1])
  redis.call('HDEL', KEYS[2], ARGV[1])
  redis.call('UNLINK', KEYS[6])
end
return left
