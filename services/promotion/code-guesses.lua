-- KEYS: who tries. ARGV: how long tries are remembered in ms. Answers how many there were, this one included, and for how long they count.

local tries = redis.call('INCR', KEYS[1])
if tries == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {tries, redis.call('PTTL', KEYS[1])}
