-- Returns true if the lease of a holder is running.
local function lives(leases, holder, now)
  local ends = redis.call('HGET', leases, holder)
  return ends and (tonumber(ends) or 0) > now
end
