-- Finds the servers that hold an account and gives each the envelope, in one round trip.
-- KEYS leases, where
-- ARGV account, the sender's holder (it serves its own connections itself), what a channel's name begins with, envelope
-- Gives holder, connections, listeners, …; listeners is -1 where the holder's lease is gone.
local held = redis.call('HGET', KEYS[2], ARGV[1])
local answer = {}
if not held then return answer end
local now = clock()
for h, n in string.gmatch(held, '([^=;]+)=(%d+);') do
  if h ~= ARGV[2] then
    answer[#answer + 1] = h
    answer[#answer + 1] = tonumber(n)
    answer[#answer + 1] = lives(KEYS[1], h, now) and redis.call('PUBLISH', ARGV[3] .. h, ARGV[4]) or -1
  end
end
return answer
