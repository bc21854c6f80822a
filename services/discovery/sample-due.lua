-- Whether a sample is due, in which case the caller takes it: one every ARGV[1] ms while somebody watches, and every ARGV[2] ms otherwise.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local every = redis.call('EXISTS', KEYS[2]) == 1 and tonumber(ARGV[1]) or tonumber(ARGV[2])
-- The clocks that ask do not tick at the same moment.
if now - tonumber(redis.call('GET', KEYS[1]) or '0') < every - 500 then return 0 end
redis.call('SET', KEYS[1], now, 'PX', 600000)
return 1
