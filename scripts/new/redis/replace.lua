-- Replaces a note if it is still what was read, and returns whether it was.
-- KEYS: the user's notes, their order, the product's users, the counter of the order. ARGV: product, user, what was read, what to write.
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[3] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[4])
if ARGV[3] == '' then redis.call('ZADD', KEYS[2], redis.call('INCR', KEYS[4]), ARGV[1]) end
redis.call('SADD', KEYS[3], ARGV[2])
return 1
