-- KEYS: cart, its lease. ARGV: version, token, how long the lease lives in ms. `changed` when the cart has another version, or when another
-- order is being placed from it: the lease belongs to one token until it is released or runs out.

local cart, lease, version, token, ms = KEYS[1], KEYS[2], unpack(ARGV)
local holder = redis.call('GET', lease)
if holder and holder ~= token then return {'changed'} end
if (redis.call('HGET', cart, 'v') or '0') ~= version then return {'changed'} end
redis.call('SET', lease, token, 'PX', ms)
return {'ok'}
