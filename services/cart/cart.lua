-- A cart is one hash: `v` is its version, `coupon` its code, and each line is a field. The name of a line is the product's id, followed by
-- a colon and the SKU if the product has variants. Its value is `<pieces> <position> <price> <currency> <sku>`.
-- A script makes one change, whole or not at all. It answers a word, and after `ok` the new hash.
local function parse(value)
  local pieces, position, rest = string.match(value, '^(%d+) (%d+) (.+)$')
  return tonumber(pieces), position, rest
end
local function currencyOf(rest) return string.match(rest, '^%d+ (%a+) ') end
local function linesOf(cart)
  local flat, lines = redis.call('HGETALL', cart), {}
  for i = 1, #flat, 2 do
    if flat[i] ~= 'v' and flat[i] ~= 'coupon' then lines[flat[i]] = flat[i + 1] end
  end
  return lines
end
local function isStale(cart, versions)
  return versions ~= '*' and not string.find(versions, ',' .. (redis.call('HGET', cart, 'v') or '0') .. ',', 1, true)
end
local function ok(cart) return {'ok', redis.call('HGETALL', cart)} end
local function changed(cart, ttl)
  redis.call('HINCRBY', cart, 'v', 1)
  redis.call('EXPIRE', cart, ttl)
  return ok(cart)
end
-- Why so many new lines of a currency cannot be added; nil if they can.
local function refusalOf(cart, added, currency)
  local count = 0
  for _, value in pairs(linesOf(cart)) do
    count = count + 1
    local _, _, rest = parse(value)
    if currencyOf(rest) ~= currency then return 'currency_mismatch' end
  end
  if count + added > maxLines then return 'full' end
end
