-- Publishes envelopes to the holders of accounts, to single holders, or to all live servers. The given order is preserved, so the
-- envelopes for one server arrive there in that order.
-- KEYS leases, where
-- ARGV the sending holder (skipped, because it serves its own connections directly), prefix of the channels, prefix of the
--      connections keys, one letter per envelope (a: to an account, b: broadcast, h: to a holder, m: to a holder if its lease is
--      running; empty if all are for accounts), then the name of each account or holder (empty for a broadcast), then each envelope
-- Returns one text with a line for each envelope: "holder=connections+;…". A minus instead of the plus means that the holder has
-- no subscriber or that its lease has expired. The last line holds the remaining time of the leases that were checked:
-- "holder=milliseconds;…". A single text costs less to write and to parse than a large array.
local count = (#ARGV - 4) / 2
local sender, kinds = ARGV[1], ARGV[4]
local now = clock()
local answer, n = {}, 0

-- Returns the channel of a live holder, else false. Each holder is looked up once.
local channels, leases = {}, {}
local function channel(h)
  local found = channels[h]
  if found == nil then
    local left = (tonumber(redis.call('HGET', KEYS[1], h) or 0) or 0) - now
    found = left > 0 and left < math.huge and ARGV[2] .. h or false
    if found then leases[#leases + 1] = h .. '=' .. string.format('%.0f', left) .. ';' end
    channels[h] = found
  end
  return found
end

local function publish(h, connections, to, envelope)
  n = n + 1
  answer[n] = h .. '=' .. connections .. (to and redis.call('PUBLISH', to, envelope) > 0 and '+;' or '-;')
end

local held = redis.call('HMGET', KEYS[2], unpack(ARGV, 5, 4 + count))
for i = 1, count do
  local kind, name, envelope = string.sub(kinds, i, i), ARGV[4 + i], ARGV[4 + count + i]
  if kind == 'h' then
    publish(name, 0, ARGV[2] .. name, envelope)
  elseif kind == 'm' then
    publish(name, 0, channel(name), envelope)
  elseif kind == 'b' then
    for _, h in ipairs(redis.call('HKEYS', KEYS[1])) do
      if h ~= sender and channel(h) then publish(h, redis.call('ZCARD', ARGV[3] .. h), channel(h), envelope) end
    end
  else
    for h, connections in string.gmatch(held[i] or '', '([^=;]+)=(%d+);') do
      if h ~= sender then publish(h, connections, channel(h), envelope) end
    end
  end
  n = n + 1
  answer[n] = '\n'
end
return table.concat(answer) .. table.concat(leases)
