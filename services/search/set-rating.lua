-- Takes over the summary of a product's reviews unless a newer one is known, and tells every instance.
-- KEYS: the product, the stream of changes, its counter. ARGV: id, version, average, count, stream length, 'quiet'.
local known = tonumber(redis.call('HGET', KEYS[1], 'rating_version') or '-1')
if known >= tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], 'rating_version', ARGV[2], 'rating', ARGV[3], 'ratings', ARGV[4])
if ARGV[6] == 'quiet' then return 1 end
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[5], '*', 'n', redis.call('INCR', KEYS[3]), 'kind', 'rating', 'id', ARGV[1],
  'rating', ARGV[3], 'ratings', ARGV[4])
return 1
