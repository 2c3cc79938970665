-- Stores error events and publishes them to the subscribers.
-- KEYS errors, number of the publisher's last batch
-- ARGV channel, maximum number of stored events, their lifetime in ms, number of this batch (0 disables deduplication),
--      then the events (JSON), oldest first
-- Returns 1 if the events were stored, 0 if the batch is a duplicate.
local number = tonumber(ARGV[4])
if number > 0 then
  -- A publisher that received no answer sends the same batch again.
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
