-- Takes over the stock of a SKU unless a newer level is known, and tells every instance what the product has in all.
-- KEYS: the product, the stream of changes, its counter. ARGV: id, SKU, version, available, stream length.
local levels = cjson.decode(redis.call('HGET', KEYS[1], 'levels') or '{}')
local known = levels[ARGV[2]]
local version = tonumber(ARGV[3])
if known and known[1] >= version then return 0 end
levels[ARGV[2]] = { version, tonumber(ARGV[4]) }
redis.call('HSET', KEYS[1], 'levels', cjson.encode(levels))

local stock = 0
for _, sku in ipairs(cjson.decode(redis.call('HGET', KEYS[1], 'sellable') or '[]')) do
  if levels[sku] then stock = stock + levels[sku][2] end
end
if redis.call('HGET', KEYS[1], 'stock') == tostring(stock) then return 0 end
redis.call('HSET', KEYS[1], 'stock', stock)
if redis.call('HEXISTS', KEYS[1], 'doc') == 0 then return 0 end
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[5], '*', 'n', redis.call('INCR', KEYS[3]), 'kind', 'stock', 'id', ARGV[1], 'available', stock)
return 1
