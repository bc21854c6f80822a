-- KEYS: cart, the new share, the user's list of shares. ARGV: ttl, how many shares are kept. A share is a copy of the lines. Answers a word
-- and how long the share is kept. `replayed`: a request with the same Idempotency-Key made it before.

-- include cart.lua

local cart, share, shares, ttl, kept = KEYS[1], KEYS[2], KEYS[3], unpack(ARGV)
local left = redis.call('TTL', share)
if left > 0 then return {'replayed', left} end
local lines = linesOf(cart)
if next(lines) == nil then return {'empty'} end
for line, value in pairs(lines) do redis.call('HSET', share, line, value) end
redis.call('EXPIRE', share, ttl)
redis.call('LPUSH', shares, share)
redis.call('EXPIRE', shares, ttl)
while redis.call('LLEN', shares) > tonumber(kept) do redis.call('DEL', redis.call('RPOP', shares)) end
return {'ok', tonumber(ttl)}
