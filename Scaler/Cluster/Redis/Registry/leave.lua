-- Ends a lease immediately. Reads no longer return its entries, and the entries are reaped.
-- KEYS leases
-- ARGV holder
if redis.call('HGET', KEYS[1], ARGV[1]) then redis.call('HSET', KEYS[1], ARGV[1], '0') end
return 1
