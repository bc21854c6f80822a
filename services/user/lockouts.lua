-- Settles an attempt. Returns how long to wait in ms: above zero when the attempt is refused, below when it is the failure that begins a wait.
-- KEYS: the subject. ARGV: now, outcome, free failures, first wait, longest wait, how long failures are remembered; times in ms.
local now = tonumber(ARGV[1])
local till = tonumber(redis.call('HGET', KEYS[1], 'till') or '0')
-- During the wait a right password is refused like a wrong one: of many guesses at the same time, only the first few reveal anything.
if till > now then return till - now end
if ARGV[2] == 'right' then
  redis.call('DEL', KEYS[1])
  return 0
end
local failures = redis.call('HINCRBY', KEYS[1], 'failures', 1)
local over = failures - tonumber(ARGV[3])
local wait = over >= 0 and math.min(tonumber(ARGV[4]) * 2 ^ over, tonumber(ARGV[5])) or 0
if wait > 0 then redis.call('HSET', KEYS[1], 'till', now + wait) end
redis.call('PEXPIRE', KEYS[1], ARGV[6])
return -wait
