-- Put in front of every script.
--
-- leases  HASH  holder  -> when its lease ends, in milliseconds of Redis's clock
-- servers HASH  holder  -> what the server says of itself (JSON)
-- where   HASH  account -> "holder=connections;holder=connections;"
-- accounts ZSET account, all of score 0: a sorted list of names
-- conns:<holder> ZSET "account\1connection", all of score 0
-- facts:<holder> HASH connection -> what is known of it (JSON)
--
-- A holder is one life of one server, and only that server writes entries of it; so each entry has one writer, and what a
-- dead server left behind is found under its own name. Account names have no control characters, so \1 ends them.

local function clock()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end

local function lives(leases, holder, now)
  local ends = redis.call('HGET', leases, holder)
  return ends and tonumber(ends) > now
end

-- Changes how many connections of an account a holder has; an account that nobody holds is forgotten.
local function count(where, accounts, account, holder, by)
  local old = redis.call('HGET', where, account)
  local new, seen = '', false
  if old then
    for h, n in string.gmatch(old, '([^=;]+)=(%d+);') do
      if h == holder then
        n = tonumber(n) + by
        seen = true
      end
      if tonumber(n) > 0 then new = new .. h .. '=' .. string.format('%d', tonumber(n)) .. ';' end
    end
  end
  if not seen and by > 0 then new = new .. holder .. '=' .. string.format('%d', by) .. ';' end
  if new == '' then
    redis.call('HDEL', where, account)
    redis.call('ZREM', accounts, account)
  else
    redis.call('HSET', where, account, new)
    if not old then redis.call('ZADD', accounts, 0, account) end
  end
end

-- For each of some accounts "holder=connections;…" of the holders that live; empty where none does.
local function living(leases, where, names)
  local now = clock()
  local known, answer = {}, {}
  for i, held in ipairs(redis.call('HMGET', where, unpack(names))) do
    local live = ''
    for h, n in string.gmatch(held or '', '([^=;]+)=(%d+);') do
      if known[h] == nil then known[h] = lives(leases, h, now) or false end
      if known[h] then live = live .. h .. '=' .. n .. ';' end
    end
    answer[i] = live
  end
  return answer
end
