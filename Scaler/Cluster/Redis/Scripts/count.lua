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
