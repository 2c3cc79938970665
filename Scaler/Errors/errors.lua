-- Stores error events and publishes them to the subscribers. An account keeps a share of the stored events, so that the events
-- of one account do not evict those of all others. Events without an account share one share.
-- KEYS errors (LIST, newest first), number of the publisher's last batch, stored events per account (HASH)
-- ARGV channel, maximum number of stored events, their lifetime in ms, number of this batch (0 disables deduplication),
--      share of an account, then the events (JSON), oldest first
-- Returns 1 if the events were stored, 0 if the batch is a duplicate.
local number, share = tonumber(ARGV[4]), tonumber(ARGV[5])
if number > 0 then
  -- A publisher that received no answer sends the same batch again.
  if number <= tonumber(redis.call('GET', KEYS[2]) or 0) then return 0 end
  redis.call('SET', KEYS[2], ARGV[4], 'PX', ARGV[3])
end

-- The JSON text of an event's account. Quotes within texts are stored as \u0022, so the text of a client cannot imitate it.
local function account(event)
  local _, start = string.find(event, '"account":"', 1, true)
  if not start then return '' end
  return string.sub(event, start + 1, string.find(event, '"', start + 1, true) - 1)
end

-- Removes the oldest events of an account that exceed its share.
local function evict(name)
  local kept = 0
  for i, event in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
    if account(event) == name then
      if kept < share then kept = kept + 1 else redis.call('LSET', KEYS[1], i - 1, '') end
    end
  end
  redis.call('LREM', KEYS[1], 0, '')
  redis.call('HSET', KEYS[3], name, kept)
end

for i = 6, #ARGV do
  redis.call('LPUSH', KEYS[1], ARGV[i])
  redis.call('PUBLISH', ARGV[1], ARGV[i])
  local name = account(ARGV[i])

  -- Reading all events is slow, so an account may exceed its share by half before its oldest events are removed.
  if tonumber(redis.call('HINCRBY', KEYS[3], name, 1)) > share * 1.5 then evict(name) end
end
for _ = 1, tonumber(redis.call('LLEN', KEYS[1])) - tonumber(ARGV[2]) do
  local name = account(redis.call('RPOP', KEYS[1]))
  if tonumber(redis.call('HINCRBY', KEYS[3], name, -1)) <= 0 then redis.call('HDEL', KEYS[3], name) end
end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('PEXPIRE', KEYS[3], ARGV[3])
return 1
