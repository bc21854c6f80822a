-- KEYS: the orders' records, how many orders there were, how often each product was bought, when each was last bought with another, the number of pairs, the shopper's
-- purchases, the mark of an erased shopper. ARGV: `count` or `take`, the prefix of the keys of companions, the order, the seconds at which
-- it was paid, then the products. The record of an order says what was counted for it, or that it is over ('x'), so that its events may come
-- twice, late and in any order. Not for a cluster: the keys of companions follow from the products.
local records, orders, bought, recency, size, purchases, erased = unpack(KEYS)
local verb, companions, order = ARGV[1], ARGV[2], ARGV[3]

local function change(key, member, weight)
  if weight > 0 then return redis.call('ZINCRBY', key, string.format('%.17g', weight), member) end
  if not redis.call('ZSCORE', key, member) then return end
  local left = tonumber(redis.call('ZINCRBY', key, string.format('%.17g', weight), member))
  -- What is left is of orders so old that it does not matter, or nothing but a rounding error.
  if left <= -weight * 1e-6 then redis.call('ZREM', key, member) end
end

local function apply(time, products, sign)
  local weight = sign * 2 ^ ((time - epochSeconds) / halfLifeSeconds)
  redis.call('INCRBYFLOAT', orders, string.format('%.17g', weight))
  local grown = 0
  for i, product in ipairs(products) do
    change(bought, product, weight)
    if #products > 1 then
      local key = companions .. product
      local before = redis.call('ZCARD', key)
      for j, other in ipairs(products) do
        if i ~= j then change(key, other, weight) end
      end
      local after = redis.call('ZCARD', key)
      if after > mostCompanions then
        after = after - redis.call('ZREMRANGEBYRANK', key, 0, -keptCompanions - 1)
      end
      grown = grown + after - before
      if after == 0 then redis.call('ZREM', recency, product)
      elseif sign > 0 then redis.call('ZADD', recency, 'GT', time, product) end
    end
  end
  local pairs = redis.call('INCRBY', size, grown)
  -- The products that were longest not bought with another make room.
  for _ = 1, 200 do
    if pairs <= mostPairs then break end
    local oldest = redis.call('ZPOPMIN', recency)[1]
    if not oldest then break end
    pairs = redis.call('DECRBY', size, redis.call('ZCARD', companions .. oldest))
    redis.call('UNLINK', companions .. oldest)
  end
  local over = redis.call('ZCARD', bought) - mostProducts
  if over > 0 then redis.call('ZREMRANGEBYRANK', bought, 0, over - 1) end
end

-- A record is the seconds and the products in twelve bytes each: short enough for Redis to pack the records of many orders.
local function pack(time, products)
  local packed = {}
  for i, product in ipairs(products) do
    packed[i] = string.gsub(product, '%x%x', function(pair) return string.char(tonumber(pair, 16)) end)
  end
  return string.format('%d ', time) .. table.concat(packed)
end
local function unpacked(record)
  local time, packed = string.match(record, '^(%d+) (.*)$')
  local products = {}
  for at = 1, #packed, 12 do
    products[#products + 1] = string.gsub(string.sub(packed, at, at + 11), '.', function(byte) return string.format('%02x', string.byte(byte)) end)
  end
  return tonumber(time), products
end

local record = redis.call('HGET', records, order)
if verb == 'count' then
  if record then return 0 end
  local time, products = tonumber(ARGV[4]), {unpack(ARGV, 5)}
  redis.call('HSET', records, order, pack(time, products))
  redis.call('EXPIRE', records, recordSeconds)
  apply(time, products, 1)
  if redis.call('EXISTS', erased) == 0 then
    for _, product in ipairs(products) do redis.call('ZADD', purchases, time, order .. ' ' .. product) end
    redis.call('ZREMRANGEBYRANK', purchases, 0, -mostPurchases - 1)
    redis.call('EXPIRE', purchases, purchaseSeconds)
  end
  return 1
end
if record == 'x' then return 0 end
redis.call('HSET', records, order, 'x')
redis.call('EXPIRE', records, recordSeconds)
if not record then return 0 end
local time, products = unpacked(record)
apply(time, products, -1)
for _, product in ipairs(products) do redis.call('ZREM', purchases, order .. ' ' .. product) end
return 1
