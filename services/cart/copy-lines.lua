-- KEYS: cart. ARGV: ttl, then line, pieces and `<price> <currency> <sku>` of each. A line that is there is raised to these pieces, so that
-- copying twice is copying once.

-- include cart.lua

local cart, ttl, own, new = KEYS[1], ARGV[1], linesOf(KEYS[1]), 0
for i = 2, #ARGV, 3 do if not own[ARGV[i]] then new = new + 1 end end
local refusal = refusalOf(cart, new, currencyOf(ARGV[4]))
if refusal then return {refusal} end
local version = tonumber(redis.call('HGET', cart, 'v') or '0')
for i = 2, #ARGV, 3 do
  local before, position, rest = 0, version + i, ARGV[i + 2]
  if own[ARGV[i]] then before, position, rest = parse(own[ARGV[i]]) end
  redis.call('HSET', cart, ARGV[i], string.format('%d %d %s', math.max(before, tonumber(ARGV[i + 1])), position, rest))
end
return changed(cart, ttl)
