-- KEYS: cart. ARGV: ttl, versions, `existing` or `any` cart, then line, pieces and `<price> <currency> <sku>` of each. A line that is there is raised to these pieces, so that
-- copying twice is copying once.

-- include cart.lua

local cart, ttl, versions, which = KEYS[1], unpack(ARGV)
if isStale(cart, versions) then return {'stale'} end
if which == 'existing' and redis.call('EXISTS', cart) == 0 then return {'required'} end
local own, new = linesOf(cart), 0
for i = 4, #ARGV, 3 do if not own[ARGV[i]] then new = new + 1 end end
local refusal = refusalOf(cart, new, currencyOf(ARGV[6]))
if refusal then return {refusal} end
local version = tonumber(redis.call('HGET', cart, 'v') or '0')
for i = 4, #ARGV, 3 do
  local before, position, rest = 0, version + i, ARGV[i + 2]
  if own[ARGV[i]] then before, position, rest = parse(own[ARGV[i]]) end
  redis.call('HSET', cart, ARGV[i], string.format('%d %d %s', math.max(before, tonumber(ARGV[i + 1])), position, rest))
end
return changed(cart, ttl)
