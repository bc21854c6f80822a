-- Appends an event, unless another instance that watches has done so. KEYS: the mark of its id, the stream. ARGV: the event, the length of the stream.
if not redis.call('SET', KEYS[1], '1', 'NX', 'EX', 30) then return 0 end
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[2], '*', 'event', ARGV[1])
redis.call('EXPIRE', KEYS[2], 3600)
return 1
