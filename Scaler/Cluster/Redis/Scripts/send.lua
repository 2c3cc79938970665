-- Finds the servers that hold accounts and gives each the envelopes; also gives envelopes to single holders and to every live server.
-- All in the order in which they come, so that what is for one server arrives there in it.
-- KEYS leases, where
-- ARGV the sender's holder (it serves its own connections itself), what a channel's name begins with, what a connections key begins with,
--      a letter for each envelope, or nothing where each is for an account (a: for an account, b: for all, h: for a holder, m: for a
--      holder if it lives), then the name of each account or holder (empty: for all), then each envelope
-- Gives a text with a line for each envelope: "holder=connections+;…", where - in place of + means that the holder does not listen, or
-- that its lease is gone; then for how many milliseconds the leases that were looked at still run: "holder=milliseconds;…". One text,
-- because an array of many costs more to write and to read.
local count = (#ARGV - 4) / 2
local sender, kinds = ARGV[1], ARGV[4]
local now = clock()
local answer, n = {}, 0

-- The channel of a holder that lives, else false; each is looked up once.
local channels, leases = {}, {}
local function channel(h)
  local found = channels[h]
  if found == nil then
    local left = tonumber(redis.call('HGET', KEYS[1], h) or 0) - now
    found = left > 0 and ARGV[2] .. h or false
    if found then leases[#leases + 1] = h .. '=' .. string.format('%.0f', left) .. ';' end
    channels[h] = found
  end
  return found
end

local function give(h, connections, to, envelope)
  n = n + 1
  answer[n] = h .. '=' .. connections .. (to and redis.call('PUBLISH', to, envelope) > 0 and '+;' or '-;')
end

local held = redis.call('HMGET', KEYS[2], unpack(ARGV, 5, 4 + count))
for i = 1, count do
  local kind, name, envelope = string.sub(kinds, i, i), ARGV[4 + i], ARGV[4 + count + i]
  if kind == 'h' then
    give(name, 0, ARGV[2] .. name, envelope)
  elseif kind == 'm' then
    give(name, 0, channel(name), envelope)
  elseif kind == 'b' then
    for _, h in ipairs(redis.call('HKEYS', KEYS[1])) do
      if h ~= sender and channel(h) then give(h, redis.call('ZCARD', ARGV[3] .. h), channel(h), envelope) end
    end
  else
    for h, connections in string.gmatch(held[i] or '', '([^=;]+)=(%d+);') do
      if h ~= sender then give(h, connections, channel(h), envelope) end
    end
  end
  n = n + 1
  answer[n] = '\n'
end
return table.concat(answer) .. table.concat(leases)
