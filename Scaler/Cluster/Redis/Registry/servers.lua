-- Returns all servers, for processes that hold no lease themselves.
-- KEYS leases, servers
-- Returns {time in µs, leases, servers}.
local t = redis.call('TIME')
return {string.format('%.0f', t[1] * 1000000 + t[2]), redis.call('HGETALL', KEYS[1]), redis.call('HGETALL', KEYS[2])}
