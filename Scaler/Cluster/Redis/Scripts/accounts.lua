-- A page of the accounts that a live server holds.
-- KEYS leases, where, accounts
-- ARGV from and to (as ZRANGEBYLEX takes them), how many to look at
-- Gives {the last account looked at, how many were looked at, account, "holder=connections;…", …}.
local names = redis.call('ZRANGEBYLEX', KEYS[3], ARGV[1], ARGV[2], 'LIMIT', 0, tonumber(ARGV[3]))
if #names == 0 then return {'', 0} end
local now = clock()
local known = {}
local answer = {names[#names], #names}
for i, held in ipairs(redis.call('HMGET', KEYS[2], unpack(names))) do
  local live = ''
  for h, n in string.gmatch(held or '', '([^=;]+)=(%d+);') do
    if known[h] == nil then known[h] = lives(KEYS[1], h, now) or false end
    if known[h] then live = live .. h .. '=' .. n .. ';' end
  end
  if live ~= '' then
    answer[#answer + 1] = names[i]
    answer[#answer + 1] = live
  end
end
return answer
