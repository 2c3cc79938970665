-- Returns the totals of all live servers.
-- KEYS leases, where
-- ARGV prefix of the connections keys
-- Returns {servers, accounts, connections}.
local now = clock()
local servers, connections = 0, 0
local leases = redis.call('HGETALL', KEYS[1])
for i = 1, #leases, 2 do
  if (tonumber(leases[i + 1]) or 0) > now then
    servers = servers + 1
    connections = connections + redis.call('ZCARD', ARGV[1] .. leases[i])
  end
end
return {servers, redis.call('HLEN', KEYS[2]), connections}
