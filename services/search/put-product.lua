-- Stores what is known of a product, unless something newer is, and tells every instance. A deletion is remembered by its version.
-- KEYS: the product, the set of products, the stream of changes, its counter.
-- ARGV: id, version, what is displayed (empty: deleted), its SKUs and their levels as JSON, 'quiet' while all are read anew, stream length.
local known = tonumber(redis.call('HGET', KEYS[1], 'version') or '-1')
local version = tonumber(ARGV[2])
local quiet = ARGV[6] == 'quiet'

local levels = cjson.decode(redis.call('HGET', KEYS[1], 'levels') or '{}')
for sku, level in pairs(cjson.decode(ARGV[5])) do
  if not levels[sku] or levels[sku][1] < level[1] then levels[sku] = level end
end
redis.call('HSET', KEYS[1], 'levels', cjson.encode(levels))

local newer = version > known or (quiet and version == known)
if newer then
  redis.call('HSET', KEYS[1], 'version', version)
  if ARGV[3] == '' then
    redis.call('HDEL', KEYS[1], 'doc')
    redis.call('SREM', KEYS[2], ARGV[1])
  else
    redis.call('HSET', KEYS[1], 'doc', ARGV[3], 'sellable', ARGV[4])
    redis.call('SADD', KEYS[2], ARGV[1])
  end
end

local stock = 0
for _, sku in ipairs(cjson.decode(redis.call('HGET', KEYS[1], 'sellable') or '[]')) do
  if levels[sku] then stock = stock + levels[sku][2] end
end
local before = redis.call('HGET', KEYS[1], 'stock')
redis.call('HSET', KEYS[1], 'stock', stock)
if quiet or not (newer or before ~= tostring(stock)) then return 0 end
redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[7], '*', 'n', redis.call('INCR', KEYS[4]), 'kind', 'product', 'id', ARGV[1])
return 1
