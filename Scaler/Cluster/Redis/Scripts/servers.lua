-- Every server, for those who hold no lease themselves.
-- KEYS leases, servers
-- Gives {now, leases, servers}.
return {string.format('%.0f', clock()), redis.call('HGETALL', KEYS[1]), redis.call('HGETALL', KEYS[2])}
