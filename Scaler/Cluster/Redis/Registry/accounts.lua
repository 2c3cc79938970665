-- Returns a page of the accounts that live servers hold.
-- KEYS leases, where, accounts
-- ARGV min and max (bounds of ZRANGEBYLEX), maximum number of accounts to read
-- Returns {last account read, number of accounts read, account, "holder=connections;…", …}.
local names = redis.call('ZRANGEBYLEX', KEYS[3], ARGV[1], ARGV[2], 'LIMIT', 0, tonumber(ARGV[3]))
if #names == 0 then return {'', 0} end
local answer = {names[#names], #names}
for i, held in ipairs(living(KEYS[1], KEYS[2], names)) do
  if held ~= '' then
    answer[#answer + 1] = names[i]
    answer[#answer + 1] = held
  end
end
return answer
