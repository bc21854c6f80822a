-- KEYS: cart. ARGV: ttl, versions, code. An empty code removes the coupon.

-- include cart.lua

local cart, ttl, versions, code = KEYS[1], unpack(ARGV)
if isStale(cart, versions) then return {'stale'} end
if (redis.call('HGET', cart, 'coupon') or '') == code then return ok(cart) end
if code == '' then redis.call('HDEL', cart, 'coupon')
elseif next(linesOf(cart)) == nil then return {'empty'}
else redis.call('HSET', cart, 'coupon', code) end
return changed(cart, ttl)
