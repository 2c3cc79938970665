-- Gives every live server the envelope.
-- KEYS leases
-- ARGV the sender's holder, what a channel's name begins with, what a connections key begins with, envelope
-- Gives holder, connections, listeners, …
local answer = {}
local now = clock()
local leases = redis.call('HGETALL', KEYS[1])
for i = 1, #leases, 2 do
  local h = leases[i]
  if h ~= ARGV[1] and tonumber(leases[i + 1]) > now then
    answer[#answer + 1] = h
    answer[#answer + 1] = redis.call('ZCARD', ARGV[3] .. h)
    answer[#answer + 1] = redis.call('PUBLISH', ARGV[2] .. h, ARGV[4])
  end
end
return answer
