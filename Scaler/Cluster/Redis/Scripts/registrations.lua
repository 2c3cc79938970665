-- Registers connections of a holder and removes them, in the order in which they come. Doing it again changes nothing but the facts.
-- What stands in the keys is read once and written once, for all of them.
-- KEYS leases, where, accounts, conns:<holder>, facts:<holder>
-- ARGV holder, how long the keys live in ms, then for each connection: how many its account may have (0: any number; -1: remove it),
--      account, connection, facts
-- Gives the positions of those that were refused, because their account has as many as it may have; an error, and nothing is changed,
-- where one is to be registered of a holder that is forgotten.
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

local come, go = {}, {}
for k, member in ipairs(members) do
  if present[member] and not scores[k] then append(come, 0, member) end
  if not present[member] and scores[k] then append(go, member) end
end

-- Late on its way, or Redis was emptied: there is no lease by which anybody would find that this has to be reaped. Where it has only
-- ended, there is one.
if #come > 0 and redis.call('HEXISTS', KEYS[1], holder) == 0 then return redis.error_reply('ERR there is no lease of ' .. holder) end

-- What comes is written before what goes is removed: a key that is never empty keeps its expiry.
change('ZADD', KEYS[4], come)
change('ZREM', KEYS[4], go)

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

-- Where the keys have just been made. A renewal keeps them alive from then on.
if #come > 0 and redis.call('ZCARD', KEYS[4]) <= #come / 2 then
  redis.call('PEXPIRE', KEYS[4], ARGV[2])
  redis.call('PEXPIRE', KEYS[5], ARGV[2])
end
if #new > 0 and redis.call('HLEN', KEYS[2]) <= #new / 2 then
  redis.call('PEXPIRE', KEYS[2], ARGV[2])
  redis.call('PEXPIRE', KEYS[3], ARGV[2])
end
return refused
