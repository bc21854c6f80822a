-- Stores how popular a product is at present, and tells every instance.
-- KEYS: the product, the stream of changes, its counter. ARGV: id, popularity, stream length.
if redis.call('HEXISTS', KEYS[1], 'doc') == 0 or redis.call('HGET', KEYS[1], 'popularity') == ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'popularity', ARGV[2])
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], '*', 'n', redis.call('INCR', KEYS[3]), 'kind', 'popularity', 'id', ARGV[1],
  'popularity', ARGV[2])
return 1
