-- Counts who asked a query. What it says is written down only once three different people have asked it on one day.
-- KEYS: those who asked on this day, trending on this day, people of this query. ARGV: query hash, person hash, query, days in seconds, most.
local people = redis.call('HGET', KEYS[1], ARGV[1])
if not people then
  if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[5]) then return 0 end
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
  redis.call('EXPIRE', KEYS[1], 86400)
  return 1
end
local first = 0
for person in string.gmatch(people, '%x+') do
  first = first + 1
  if person == ARGV[2] then return first end
end
if first < 3 then
  redis.call('HSET', KEYS[1], ARGV[1], people .. ' ' .. ARGV[2])
  first = first + 1
  if first < 3 then return first end
end
redis.call('PFADD', KEYS[3], ARGV[2])
redis.call('EXPIRE', KEYS[3], 86400)
redis.call('ZADD', KEYS[2], 2 + redis.call('PFCOUNT', KEYS[3]), ARGV[3])
redis.call('EXPIRE', KEYS[2], ARGV[4])
return 3
