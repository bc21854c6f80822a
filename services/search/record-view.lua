-- KEYS: the viewer's list, all guests by when they looked last, the mark of an erased user. ARGV: product, milliseconds, the guest or '',
-- the prefix of the guests' lists, how long the list is kept. Of guests, only the latest are kept: whoever invents more of them pushes out
-- those invented before.
local list, guests, erased = unpack(KEYS)
local product, time, guest, lists, seconds = unpack(ARGV)
if guest == '' then
  if redis.call('EXISTS', erased) == 1 then return 0 end
else
  redis.call('ZADD', guests, time, guest)
  local over = redis.call('ZCARD', guests) - mostGuests
  if over > 0 then
    local popped = redis.call('ZPOPMIN', guests, over)
    for i = 1, #popped, 2 do redis.call('UNLINK', lists .. popped[i]) end
  end
end
redis.call('ZADD', list, 'GT', time, product)
redis.call('ZREMRANGEBYRANK', list, 0, -mostViews - 1)
redis.call('EXPIRE', list, seconds)
return 1
