-- KEYS: the user's list, the guest's list, all guests, the mark of an erased user. ARGV: the guest, how long the user's list is kept.
-- What a guest looked at becomes the user's, and the guest is forgotten.
local list, theirs, guests, erased = unpack(KEYS)
if redis.call('EXISTS', erased) == 0 and redis.call('EXISTS', theirs) == 1 then
  redis.call('ZUNIONSTORE', list, 2, list, theirs, 'AGGREGATE', 'MAX')
  redis.call('ZREMRANGEBYRANK', list, 0, -mostViews - 1)
  redis.call('EXPIRE', list, ARGV[2])
end
redis.call('UNLINK', theirs)
redis.call('ZREM', guests, ARGV[1])
return 1
