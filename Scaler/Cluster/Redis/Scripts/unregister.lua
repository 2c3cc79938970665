-- Removes connections of a holder. Doing it again changes nothing.
-- KEYS where, accounts, conns:<holder>, facts:<holder>
-- ARGV holder, then account, connection, …
for i = 2, #ARGV, 2 do
  local account, id = ARGV[i], ARGV[i + 1]
  if redis.call('ZREM', KEYS[3], account .. '\1' .. id) == 1 then count(KEYS[1], KEYS[2], account, ARGV[1], -1) end
  redis.call('HDEL', KEYS[4], id)
end
return 1
