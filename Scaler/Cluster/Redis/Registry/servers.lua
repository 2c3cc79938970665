-- Returns all servers, for processes that hold no lease themselves.
-- KEYS leases, servers
-- Returns {time in ms, leases, servers}.
return {string.format('%.0f', clock()), redis.call('HGETALL', KEYS[1]), redis.call('HGETALL', KEYS[2])}
