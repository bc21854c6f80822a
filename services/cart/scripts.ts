import { maxLines, maxPieces } from './domain'

/**
 * A cart is one hash: `v` its version, `coupon`, and a field a line, named by the product (and its SKU if that has variants), with
 * `<pieces> <place> <price> <currency> <sku>`. Each script is one change, whole or not at all; it answers a word, and after `ok` the hash as it is then.
 * The functions stand where they are needed: to make them costs as much as the whole change of a line that is there.
 */
const common = `
local function lineOf(value)
  local pieces, place, rest = string.match(value, '^(%d+) (%d+) (.+)$')
  return tonumber(pieces), place, rest
end
local function currencyOf(rest) return string.match(rest, '^%d+ (%a+) ') end
local function isLine(field) return field ~= 'v' and field ~= 'coupon' end
local function linesOf(key)
  local flat, lines = redis.call('HGETALL', key), {}
  for i = 1, #flat, 2 do if isLine(flat[i]) then lines[flat[i]] = flat[i + 1] end end
  return lines
end
local function find(key, product, sku)
  if sku ~= '' then
    local own = redis.call('HGET', key, product .. ':' .. sku)
    if own then return product .. ':' .. sku, own end
  end
  local plain = redis.call('HGET', key, product)
  if plain and (sku == '' or string.match(plain, ' ([^ ]+)$') == sku) then return product, plain end
end
local function isStale(key, wanted)
  return wanted ~= '*' and not string.find(wanted, ',' .. (redis.call('HGET', key, 'v') or '0') .. ',', 1, true)
end
local function told(key) return {'ok', redis.call('HGETALL', key)} end
local function changed(key, ttl)
  redis.call('HINCRBY', key, 'v', 1)
  redis.call('EXPIRE', key, ttl)
  return told(key)
end
local function roomFor(key, added, currency)
  local count = 0
  for _, value in pairs(linesOf(key)) do
    count = count + 1
    local _, _, rest = lineOf(value)
    if currencyOf(rest) ~= currency then return 'currency_mismatch' end
  end
  if count + added > ${maxLines} then return 'full' end
end
`

/**
 * KEYS cart. ARGV ttl, wanted versions, `add` or `set`, product, sku, pieces; then, once the catalog was asked, line and `<price> <currency> <sku>`.
 * `unknown`: the line is new, so ask the catalog and come again.
 */
export const changeLine = `
local cart, ttl, wanted, how, product, sku, pieces, line, rest = KEYS[1], unpack(ARGV)
local field = product .. ':' .. sku
local found = redis.call('HMGET', cart, 'v', product, field)
local version, value = tonumber(found[1] or 0), found[3]
if wanted ~= '*' and not string.find(wanted, ',' .. version .. ',', 1, true) then return {'stale'} end
if not value and found[2] and (sku == '' or string.sub(found[2], -#sku - 1) == ' ' .. sku) then
  field, value = product, found[2]
end
if not value then
  ${common}
  if sku == '' then
    for other in pairs(linesOf(cart)) do
      if string.sub(other, 1, #product + 1) == product .. ':' then return {'sku_required'} end
    end
  end
  if pieces == '0' then return {'absent'} end
  if not rest then return {'unknown'} end
  local refused = roomFor(cart, 1, currencyOf(rest))
  if refused then return {refused} end
  field, value = line, '0 ' .. (version + 1) .. ' ' .. rest
end
local at = string.find(value, ' ', 1, true)
local now = how == 'add' and string.sub(value, 1, at - 1) + pieces or tonumber(pieces)
if now > ${maxPieces} then return {'too_many'} end
redis.call('HSET', cart, 'v', version + 1, field, now .. string.sub(value, at))
if now == 0 then redis.call('HDEL', cart, field) end
redis.call('EXPIRE', cart, ttl)
return {'ok', redis.call('HGETALL', cart)}`

/** KEYS cart. ARGV ttl, wanted versions. Its version goes on. */
export const clearCart = `${common}
if isStale(KEYS[1], ARGV[2]) then return {'stale'} end
if redis.call('EXISTS', KEYS[1]) == 0 then return {'ok', {}} end
local version = redis.call('HGET', KEYS[1], 'v')
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'v', version)
return changed(KEYS[1], ARGV[1])`

/** KEYS cart. ARGV ttl, wanted versions, code (empty takes it away). */
export const setCoupon = `${common}
local cart, ttl, wanted, code = KEYS[1], unpack(ARGV)
if isStale(cart, wanted) then return {'stale'} end
if (redis.call('HGET', cart, 'coupon') or '') == code then return told(cart) end
if code == '' then redis.call('HDEL', cart, 'coupon')
elseif next(linesOf(cart)) == nil then return {'empty'}
else redis.call('HSET', cart, 'coupon', code) end
return changed(cart, ttl)`

/**
 * KEYS user's cart, guest's cart. ARGV ttl, then line and cap of each. The guest's cart is gone in the same moment, so that it comes in once however
 * often it is asked for. `unknown`: a line came in meanwhile whose cap isn't known.
 */
export const mergeCarts = `${common}
local cart, guest = KEYS[1], KEYS[2]
local theirs, mine, caps = linesOf(guest), linesOf(cart), {}
if next(theirs) == nil then return told(cart) end
for i = 2, #ARGV, 2 do caps[ARGV[i]] = tonumber(ARGV[i + 1]) end
local new, currency = 0, nil
for line, value in pairs(theirs) do
  if not caps[line] then return {'unknown'} end
  if not mine[line] then new = new + 1 end
  local _, _, rest = lineOf(value)
  currency = currency or currencyOf(rest)
end
local refused = roomFor(cart, new, currency)
if refused then return {refused} end
local version = tonumber(redis.call('HGET', cart, 'v') or '0')
for line, value in pairs(theirs) do
  local pieces, place, rest = lineOf(value)
  local kept = mine[line]
  if kept then
    local before, own, words = lineOf(kept)
    pieces, place, rest = before + pieces, own, words
  else
    place = tonumber(place) + version
  end
  redis.call('HSET', cart, line, string.format('%d %d %s', math.min(pieces, caps[line]), place, rest))
end
local coupon = redis.call('HGET', guest, 'coupon')
if coupon then redis.call('HSETNX', cart, 'coupon', coupon) end
redis.call('DEL', guest)
return changed(cart, ARGV[1])`

/** KEYS cart. ARGV ttl, then line, pieces and \`<price> <currency> <sku>\` of each. Raises what is there to what is shared: twice is once. */
export const copyLines = `${common}
local cart, mine, new = KEYS[1], linesOf(KEYS[1]), 0
for i = 2, #ARGV, 3 do if not mine[ARGV[i]] then new = new + 1 end end
local refused = roomFor(cart, new, currencyOf(ARGV[4]))
if refused then return {refused} end
local version = tonumber(redis.call('HGET', cart, 'v') or '0')
for i = 2, #ARGV, 3 do
  local before, place, rest = 0, version + i, ARGV[i + 2]
  if mine[ARGV[i]] then before, place, rest = lineOf(mine[ARGV[i]]) end
  redis.call('HSET', cart, ARGV[i], string.format('%d %d %s', math.max(before, tonumber(ARGV[i + 1])), place, rest))
end
return changed(cart, ARGV[1])`

/** KEYS cart, the order's mark. ARGV how long the mark is kept, coupon, then product, sku and pieces of each. What was ordered leaves the cart, once an order. */
export const takeOrdered = `${common}
local cart = KEYS[1]
if not redis.call('SET', KEYS[2], '1', 'NX', 'EX', ARGV[1]) then return 0 end
if redis.call('EXISTS', cart) == 0 then return 0 end
for i = 3, #ARGV, 3 do
  local field, value = find(cart, ARGV[i], ARGV[i + 1])
  if value then
    local pieces, place, rest = lineOf(value)
    local left = pieces - tonumber(ARGV[i + 2])
    if left > 0 then redis.call('HSET', cart, field, string.format('%d', left) .. ' ' .. place .. ' ' .. rest)
    else redis.call('HDEL', cart, field) end
  end
end
if redis.call('HGET', cart, 'coupon') == ARGV[2] then redis.call('HDEL', cart, 'coupon') end
redis.call('HINCRBY', cart, 'v', 1)
return 1`

/** KEYS cart, the new share, the user's list of shares. ARGV ttl, how many are kept, the share's key. A share is the cart as it was. */
export const shareCart = `${common}
local lines = linesOf(KEYS[1])
if next(lines) == nil then return {'empty'} end
for line, value in pairs(lines) do redis.call('HSET', KEYS[2], line, value) end
redis.call('EXPIRE', KEYS[2], ARGV[1])
redis.call('LPUSH', KEYS[3], KEYS[2])
redis.call('EXPIRE', KEYS[3], ARGV[1])
while redis.call('LLEN', KEYS[3]) > tonumber(ARGV[2]) do redis.call('DEL', redis.call('RPOP', KEYS[3])) end
return {'ok', {}}`
