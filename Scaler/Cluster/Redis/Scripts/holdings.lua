-- A page of what a holder has registered, whether it lives or not: for comparing the registry with reality.
-- KEYS conns:<holder>
-- ARGV from (as ZRANGEBYLEX takes it), how many
return redis.call('ZRANGEBYLEX', KEYS[1], ARGV[1], '+', 'LIMIT', 0, tonumber(ARGV[2]))
