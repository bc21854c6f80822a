-- KEYS: cart. ARGV: ttl, ttl of a new cart, versions, `add` or `set`, product, sku, pieces; then, once the catalog was asked, the name of the line and
-- `<price> <currency> <sku>`. `unknown`: the line is new, so the catalog must be asked first.
-- A request with an Idempotency-Key adds: its mark to KEYS; how long that is kept and the hash of the request to ARGV. `replayed`: it was done before.

local cart, mark, markTtl, request = KEYS[1], KEYS[2]
if mark then
  request = table.remove(ARGV)
  markTtl = table.remove(ARGV)
  local marked = redis.call('GET', mark)
  if marked then
    local before, made = string.match(marked, '^(%S+) (%S+)$')
    if before ~= request then return {'key_reused'} end
    return {'replayed', redis.call('HGETALL', cart), made}
  end
end
local ttl, firstTtl, versions, how, product, sku, pieces, line, rest = unpack(ARGV)
local field = product .. ':' .. sku
local found = redis.call('HMGET', cart, 'v', product, field)
local version, value = tonumber(found[1] or 0), found[3]
if versions ~= '*' and not string.find(versions, ',' .. version .. ',', 1, true) then return {'stale'} end
if not value and found[2] and (sku == '' or string.sub(found[2], -#sku - 1) == ' ' .. sku) then
  field, value = product, found[2]
end
if not value then
  -- Here and not at the top: to define the functions costs as much as all the rest of a change.
  -- include cart.lua
  if sku == '' then
    for other in pairs(linesOf(cart)) do
      if string.sub(other, 1, #product + 1) == product .. ':' then return {'sku_required'} end
    end
  end
  if pieces == '0' then return {'absent'} end
  if not rest then return {'unknown'} end
  local refusal = refusalOf(cart, 1, currencyOf(rest))
  if refusal then return {refusal} end
  field, value = line, '0 ' .. (version + 1) .. ' ' .. rest
end
local space = string.find(value, ' ', 1, true)
local now = how == 'add' and string.sub(value, 1, space - 1) + pieces or tonumber(pieces)
if now > maxPieces then return {'too_many'} end
redis.call('HSET', cart, 'v', version + 1, field, now .. string.sub(value, space))
if now == 0 then redis.call('HDEL', cart, field) end
redis.call('EXPIRE', cart, version == 0 and firstTtl or ttl)
if mark then redis.call('SET', mark, request .. (line and ' new' or ' more'), 'EX', markTtl) end
return {'ok', redis.call('HGETALL', cart)}
