-- Keeps error events and tells those who watch.
-- KEYS errors, the number of the last events of their publisher
-- ARGV channel, how many are kept, how long in ms, the number of these (0: they have none), then one event (JSON) each, oldest first
local number = tonumber(ARGV[4])
if number > 0 then
  -- A publisher that was not answered gives the same once more.
  if number <= tonumber(redis.call('GET', KEYS[2]) or 0) then return 0 end
  redis.call('SET', KEYS[2], ARGV[4], 'PX', ARGV[3])
end
for i = 5, #ARGV do
  redis.call('LPUSH', KEYS[1], ARGV[i])
  redis.call('PUBLISH', ARGV[1], ARGV[i])
end
redis.call('LTRIM', KEYS[1], 0, tonumber(ARGV[2]) - 1)
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
