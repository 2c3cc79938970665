-- Registers and removes connections of a holder, in the given order. Idempotent, except that the facts are written again.
-- The keys are read once and written once for all connections.
-- KEYS leases, where, accounts, conns:<holder>, facts:<holder>
-- ARGV holder, lifetime of the keys in ms, then for each connection: maximum number of connections of its account
--      (0: no limit; -1: remove the connection), account, connection, facts
-- Returns the one-based positions of the connections that the limit rejected. Returns an error, and changes nothing, if a new
-- connection is registered for a holder that has no lease, not even an expired one.
local holder = ARGV[1]
local names, members = {}, {}
for i = 3, #ARGV, 4 do
  names[#names + 1] = ARGV[i + 1]
  members[#members + 1] = ARGV[i + 1] .. '\1' .. ARGV[i + 2]
end
local held = redis.call('HMGET', KEYS[2], unpack(names))
local scores = redis.call('ZMSCORE', KEYS[4], unpack(members))

local now
local known = {}
local function alive(h)
  now = now or clock()
  if known[h] == nil then known[h] = lives(KEYS[1], h, now) or false end
  return known[h]
end

local function read(text)
  local account = {before = text, own = 0, others = ''}
  for h, n in string.gmatch(text or '', '([^=;]+)=(%d+);') do
    if h == holder then account.own = tonumber(n) else account.others = account.others .. h .. '=' .. n .. ';' end
  end
  return account
end

local function full(account, limit)
  local total = alive(holder) and account.own or 0
  for h, n in string.gmatch(account.others, '([^=;]+)=(%d+);') do
    if alive(h) then total = total + tonumber(n) end
  end
  return total >= limit
end

local accounts, present, facts, refused = {}, {}, {}, {}
for k = 1, #names do
  local i, member = 4 * k - 1, members[k]
  local limit, id = tonumber(ARGV[i]), ARGV[i + 2]
  local account = accounts[names[k]]
  if not account then
    account = read(held[k])
    accounts[names[k]] = account
  end
  if present[member] == nil then present[member] = scores[k] and true or false end
  if limit < 0 then
    if present[member] then account.own = account.own - 1 end
    present[member] = false
    facts[id] = false
  elseif limit > 0 and not present[member] and full(account, limit) then
    refused[#refused + 1] = k
  else
    if not present[member] then account.own = account.own + 1 end
    present[member] = true
    facts[id] = ARGV[i + 3]
  end
end

local function change(command, key, arguments)
  if #arguments > 0 then redis.call(command, key, unpack(arguments)) end
end

local function append(list, first, second)
  list[#list + 1] = first
  list[#list + 1] = second
end

local added, removed = {}, {}
for k, member in ipairs(members) do
  if present[member] and not scores[k] then append(added, 0, member) end
  if not present[member] and scores[k] then append(removed, member) end
end

-- The call was delayed, or Redis was emptied. Without a lease entry, no server would find that these connections must be reaped.
-- An expired lease still has an entry.
if #added > 0 and redis.call('HEXISTS', KEYS[1], holder) == 0 then
  return redis.error_reply('ERR the server epoch ' .. holder .. ' has no lease')
end

-- Add before removing: a key that is never empty keeps its expiry.
change('ZADD', KEYS[4], added)
change('ZREM', KEYS[4], removed)

local known_facts, no_facts = {}, {}
for id, text in pairs(facts) do
  if text then append(known_facts, id, text) else append(no_facts, id) end
end
change('HSET', KEYS[5], known_facts)
change('HDEL', KEYS[5], no_facts)

local new, counts, gone = {}, {}, {}
for name, account in pairs(accounts) do
  local text = account.others
  if account.own > 0 then text = text .. holder .. '=' .. string.format('%d', account.own) .. ';' end
  if text == '' then
    if account.before then append(gone, name) end
  elseif text ~= account.before then
    append(counts, name, text)
    if not account.before then append(new, 0, name) end
  end
end
change('HSET', KEYS[2], counts)
change('ZADD', KEYS[3], new)
change('HDEL', KEYS[2], gone)
change('ZREM', KEYS[3], gone)

-- Set the expiry of keys that this call has created. Renewals extend it afterwards.
if #added > 0 and redis.call('ZCARD', KEYS[4]) <= #added / 2 then
  redis.call('PEXPIRE', KEYS[4], ARGV[2])
  redis.call('PEXPIRE', KEYS[5], ARGV[2])
end
if #new > 0 and redis.call('HLEN', KEYS[2]) <= #new / 2 then
  redis.call('PEXPIRE', KEYS[2], ARGV[2])
  redis.call('PEXPIRE', KEYS[3], ARGV[2])
end
return refused
