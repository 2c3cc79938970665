-- Returns a page of the connections of an account on live servers.
-- KEYS leases, where
-- ARGV account, prefix of the connections keys, prefix of the facts keys, maximum number of connections,
--      holder and connection at the end of the previous page (or two empty strings)
-- Returns {holder, connection, facts, …}.
local answer = {}
local now = clock()
local left = tonumber(ARGV[4])
local holders = {}
for h in string.gmatch(redis.call('HGET', KEYS[2], ARGV[1]) or '', '([^=;]+)=%d+;') do
  if h >= ARGV[5] and lives(KEYS[1], h, now) then holders[#holders + 1] = h end
end
table.sort(holders)
for _, h in ipairs(holders) do
  if left <= 0 then break end
  local from = '[' .. ARGV[1] .. '\1'
  if h == ARGV[5] then from = '(' .. ARGV[1] .. '\1' .. ARGV[6] end
  local ids = {}
  for _, member in ipairs(redis.call('ZRANGEBYLEX', ARGV[2] .. h, from, '(' .. ARGV[1] .. '\2', 'LIMIT', 0, left)) do
    ids[#ids + 1] = string.sub(member, #ARGV[1] + 2)
  end
  if #ids > 0 then
    left = left - #ids
    for i, facts in ipairs(redis.call('HMGET', ARGV[3] .. h, unpack(ids))) do
      answer[#answer + 1] = h
      answer[#answer + 1] = ids[i]
      answer[#answer + 1] = facts or ''
    end
  end
end
return answer
