-- Whether the lease of a holder runs.
local function lives(leases, holder, now)
  local ends = redis.call('HGET', leases, holder)
  return ends and tonumber(ends) > now
end
