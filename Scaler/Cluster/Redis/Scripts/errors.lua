-- Keeps error events and tells those who watch.
-- KEYS errors
-- ARGV channel, how many are kept, how long in ms, then one event (JSON) each, oldest first
for i = 4, #ARGV do
  redis.call('LPUSH', KEYS[1], ARGV[i])
  redis.call('PUBLISH', ARGV[1], ARGV[i])
end
redis.call('LTRIM', KEYS[1], 0, tonumber(ARGV[2]) - 1)
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
