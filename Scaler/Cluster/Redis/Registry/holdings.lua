-- Returns a page of the connections that a live or dead holder has registered, to compare the registry with the servers.
-- KEYS conns:<holder>
-- ARGV min (bound of ZRANGEBYLEX), maximum number of connections
-- Returns {"account\1connection", …}.
return redis.call('ZRANGEBYLEX', KEYS[1], ARGV[1], '+', 'LIMIT', 0, tonumber(ARGV[2]))
