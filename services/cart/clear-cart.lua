-- KEYS: cart. ARGV: ttl, versions. The version is kept, and grows.

-- include cart.lua

local cart, ttl, versions = KEYS[1], unpack(ARGV)
if isStale(cart, versions) then return {'stale'} end
if redis.call('EXISTS', cart) == 0 then return {'ok', {}} end
local version = redis.call('HGET', cart, 'v')
redis.call('DEL', cart)
redis.call('HSET', cart, 'v', version)
return changed(cart, ttl)
