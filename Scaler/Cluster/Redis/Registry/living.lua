-- Returns "holder=connections;…" of the live holders for each account; an empty string if there are none.
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
