-- Rewrites the list of a service's instances: drops the expired ones and puts this instance at the end.
-- An empty entry removes this instance. Every time is read from the clock of Redis.
local key = KEYS[1]
local id, entry, life_ms = ARGV[1], ARGV[2], tonumber(ARGV[3])

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local live = {}
local readable, list = pcall(cjson.decode, redis.call('GET', key) or '[]')
if readable and type(list) == 'table' then
  for _, instance in ipairs(list) do
    if type(instance) == 'table' and instance.id ~= id and (tonumber(instance.expires_at) or 0) > now then
      live[#live + 1] = instance
    end
  end
end

if entry ~= '' then
  local own = cjson.decode(entry)
  own.expires_at = now + life_ms
  live[#live + 1] = own
end

if #live == 0 then
  redis.call('DEL', key)
else
  redis.call('SET', key, cjson.encode(live), 'PX', life_ms)
end
return #live
