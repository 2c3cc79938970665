-- Returns the accounts with a prefix from a position on. Reads by rank, so the cost is the same at every position.
-- KEYS leases, where, accounts
-- ARGV prefix, max of the prefix (bound of ZLEXCOUNT), account that the offset counts from (or an empty string), offset,
--      maximum number of accounts
-- Returns {position of the first account, total number of accounts, account, "holder=connections;…", …}. The text is empty if only
-- dead servers hold the account.
local before, from = 0, '-'
if ARGV[1] ~= '' then
  before, from = redis.call('ZLEXCOUNT', KEYS[3], '-', '(' .. ARGV[1]), '[' .. ARGV[1]
end
local total = redis.call('ZLEXCOUNT', KEYS[3], from, ARGV[2])
local position = tonumber(ARGV[4])
if ARGV[3] ~= '' then position = position + redis.call('ZLEXCOUNT', KEYS[3], '-', '(' .. ARGV[3]) - before end
position = math.max(0, math.min(position, total))
local last = math.min(position + tonumber(ARGV[5]), total) - 1
local answer = {position, total}
if last < position then return answer end
local names = redis.call('ZRANGE', KEYS[3], before + position, before + last)
for i, held in ipairs(living(KEYS[1], KEYS[2], names)) do
  answer[#answer + 1] = names[i]
  answer[#answer + 1] = held
end
return answer
