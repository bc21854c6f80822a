-- KEYS: the lease. ARGV: token. The lease of another order stays.

if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
