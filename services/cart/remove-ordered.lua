-- KEYS: cart, the mark of the order, the lease of the cart. ARGV: how long the mark is kept, the token of the order's lease, coupon, then
-- product, sku and pieces of each. The mark makes a repetition harmless.

-- include cart.lua

local cart, mark, lease = KEYS[1], KEYS[2], KEYS[3]
if redis.call('GET', lease) == ARGV[2] then redis.call('DEL', lease) end
if not redis.call('SET', mark, '1', 'NX', 'EX', ARGV[1]) then return 0 end
if redis.call('EXISTS', cart) == 0 then return 0 end
local function find(product, sku)
  if sku ~= '' then
    local ofVariant = redis.call('HGET', cart, product .. ':' .. sku)
    if ofVariant then return product .. ':' .. sku, ofVariant end
  end
  local ofProduct = redis.call('HGET', cart, product)
  if ofProduct and (sku == '' or string.match(ofProduct, ' ([^ ]+)$') == sku) then return product, ofProduct end
end
for i = 4, #ARGV, 3 do
  local field, value = find(ARGV[i], ARGV[i + 1])
  if value then
    local pieces, position, rest = parse(value)
    local left = pieces - tonumber(ARGV[i + 2])
    if left > 0 then redis.call('HSET', cart, field, string.format('%d', left) .. ' ' .. position .. ' ' .. rest)
    else redis.call('HDEL', cart, field) end
  end
end
if redis.call('HGET', cart, 'coupon') == ARGV[3] then redis.call('HDEL', cart, 'coupon') end
redis.call('HINCRBY', cart, 'v', 1)
return 1
