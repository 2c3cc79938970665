-- The connections of an account on live servers.
-- KEYS leases, where
-- ARGV account, what a connections key begins with, what a facts key begins with, how many at most
-- Gives holder, connection, facts, …
local answer = {}
local now = clock()
local left = tonumber(ARGV[4])
for h in string.gmatch(redis.call('HGET', KEYS[2], ARGV[1]) or '', '([^=;]+)=%d+;') do
  if left > 0 and lives(KEYS[1], h, now) then
    local members = redis.call('ZRANGEBYLEX', ARGV[2] .. h, '[' .. ARGV[1] .. '\1', '(' .. ARGV[1] .. '\2', 'LIMIT', 0, left)
    left = left - #members
    for _, member in ipairs(members) do
      local id = string.sub(member, #ARGV[1] + 2)
      answer[#answer + 1] = h
      answer[#answer + 1] = id
      answer[#answer + 1] = redis.call('HGET', ARGV[3] .. h, id) or ''
    end
  end
end
return answer
