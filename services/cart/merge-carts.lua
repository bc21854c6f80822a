-- KEYS: the user's cart, the guest's cart. ARGV: ttl, versions of the user's cart, then the line and the most pieces of each. The guest's cart is deleted, so that a
-- repeated merge adds nothing. `unknown`: the guest's cart has a line that ARGV does not name.

-- include cart.lua

local cart, guest, ttl, versions = KEYS[1], KEYS[2], ARGV[1], ARGV[2]
if isStale(cart, versions) then return {'stale'} end
local added, own, most = linesOf(guest), linesOf(cart), {}
if next(added) == nil then return ok(cart) end
for i = 3, #ARGV, 2 do most[ARGV[i]] = tonumber(ARGV[i + 1]) end
local new, currency = 0, nil
for line, value in pairs(added) do
  if not most[line] then return {'unknown'} end
  if not own[line] then new = new + 1 end
  local _, _, rest = parse(value)
  currency = currency or currencyOf(rest)
end
local refusal = refusalOf(cart, new, currency)
if refusal then return {refusal} end
local version = tonumber(redis.call('HGET', cart, 'v') or '0')
for line, value in pairs(added) do
  local pieces, position, rest = parse(value)
  if own[line] then
    local before, ownPosition, ownRest = parse(own[line])
    pieces, position, rest = before + pieces, ownPosition, ownRest
  else
    position = tonumber(position) + version
  end
  redis.call('HSET', cart, line, string.format('%d %d %s', math.min(pieces, most[line]), position, rest))
end
local coupon = redis.call('HGET', guest, 'coupon')
if coupon then redis.call('HSETNX', cart, 'coupon', coupon) end
redis.call('DEL', guest)
return changed(cart, ttl)
