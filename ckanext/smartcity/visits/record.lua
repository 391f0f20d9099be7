-- One event of one browser, counted in Redis: the translation of sessions.step (sessions.py says what the rules are).
--
-- Answers {'ok'}, or {'retry', t} where t, the time of Redis in milliseconds, lies in another salt day than the key was
-- made for, or where the salt of the day is not that of the key: the caller makes the key anew.
-- Keys of the state are deleted by Redis to save memory only; the rules compare times themselves.

local arg = {}
for place, name in ipairs({
  'prefix', 'event', 'key', 'object', 'listed', 'nonce', 'counter', 'method', 'offset', 'first', 'last', 'salt_day',
  'salt_end', 'salt', 'timeout', 'repeat_ms', 'window', 'limit_minute', 'limit_visit', 'now', 'generation', 'replica',
  'private', 'untrusted', 'notes',
}) do
  arg[name] = ARGV[place]
end
for _, name in ipairs({
  'offset', 'first', 'last', 'salt_end', 'timeout', 'repeat_ms', 'window', 'limit_minute', 'limit_visit', 'notes',
}) do
  arg[name] = tonumber(arg[name])
end
-- behind the named arguments stand the notes, and behind them what stands above the object
local NOTES_FROM = 26
local PARENTS_FROM = NOTES_FROM + arg.notes

local function key(name)
  return arg.prefix .. name
end

local function text(number)
  return string.format('%.0f', number)
end

-- Time

local function redis_time()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

local at = tonumber(arg.now) or redis_time()
if at < arg.first or at >= arg.last then
  return {'retry', text(at)}
end
if arg.key ~= '' and redis.call('GET', key('salt:' .. arg.salt_day)) ~= arg.salt then
  return {'retry', text(at)}
end

-- Year, month and day of a number of days since 1970 (proleptic Gregorian calendar, years that begin in March)
local function calendar(days)
  local shifted = days + 719468
  local era = math.floor(shifted / 146097)
  local of_era = shifted - era * 146097
  local year = math.floor(
    (of_era - math.floor(of_era / 1460) + math.floor(of_era / 36524) - math.floor(of_era / 146096)) / 365)
  local of_year = of_era - (365 * year + math.floor(year / 4) - math.floor(year / 100))
  local month = math.floor((5 * of_year + 2) / 153)
  local day = of_year - math.floor((153 * month + 2) / 5) + 1
  month = month < 10 and month + 3 or month - 9
  return year + era * 400 + (month <= 2 and 1 or 0), month, day
end

local seconds = math.floor(at / 1000) + arg.offset
local today = string.format('%04d-%02d-%02d', calendar(math.floor(seconds / 86400)))
local hour = string.format('%sT%02d', today, math.floor(seconds % 86400 / 3600))
local minute = math.floor(seconds % 86400 / 60)

local function later(before, time)
  return (not before or time > before) and time or before
end

local function day(bucket)
  return string.sub(bucket, 1, 10)
end

-- Which data set this is: a restart, a fail-over, an emptied or restored Redis each give another id

local function replica()
  if arg.replica ~= '' then
    return arg.replica
  end
  redis.call('SET', key('gen'), arg.generation, 'NX')
  local info = redis.pcall('INFO', 'server', 'replication')
  if type(info) == 'table' then -- before Redis 7: one section a call
    local server, replication = redis.pcall('INFO', 'server'), redis.pcall('INFO', 'replication')
    if type(server) == 'table' or type(replication) == 'table' then
      return nil
    end
    info = server .. replication
  end
  local run, master = string.match(info, 'run_id:(%x+)'), string.match(info, 'master_replid:(%x+)')
  return string.sub(redis.sha1hex((run or '') .. (master or '') .. redis.call('GET', key('gen'))), 1, 12)
end

local rid = replica()
if not rid then
  return {'forbidden'}
end

-- What grows

local function grow(bucket, thing, metric, n)
  local name = rid .. ':' .. arg.method .. ':' .. bucket
  local field = thing .. '|' .. metric
  redis.call('HINCRBY', key('c:' .. name), field, n or 1)
  redis.call('SADD', key('dc:' .. name), field)
  redis.call('SADD', key('d'), name)
end

local function portal(bucket, metric, n)
  grow(bucket, 'portal|', metric, n)
end

local function check(name)
  redis.call('HINCRBY', key('k:' .. today), name, 1)
  redis.call('EXPIRE', key('k:' .. today), 172800)
end

-- The state of the browser: v the open visit, o its objects, p its page requests of the last minute, x the robot mark

local V, O, P, X = key('v:' .. arg.key), key('o:' .. arg.key), key('p:' .. arg.key), key('x:' .. arg.key)

local function visit_field(name)
  return redis.call('HGET', V, name)
end

local function is_open()
  return redis.call('EXISTS', V) == 1
end

local function close()
  local last = visit_field('last')
  if last and at - tonumber(last) >= arg.timeout then
    redis.call('DEL', V)
  end
end

local function extend()
  local last = visit_field('last')
  if last then
    redis.call('HSET', V, 'last', text(later(tonumber(last), at)))
    redis.call('PEXPIRE', V, arg.timeout)
  end
end

local function remembered(field)
  local before = tonumber(redis.call('HGET', O, field) or nil)
  redis.call('HSET', O, field, text(later(before, at)))
  return before
end

local function is_repeat(before)
  return before and at - before <= arg.repeat_ms
end

-- Fields of o: p|object and d|object are times, v|object says that the open visit has a counted view or download of it
local function forget(prefixes)
  for _, field in ipairs(redis.call('HKEYS', O)) do
    if prefixes[string.sub(field, 1, 2)] then
      redis.call('HDEL', O, field)
    end
  end
end

local function open()
  redis.call('HSET', V, 'opened', hour, 'last', text(at), 'pages', 0, 'fetched', 0, 'confirmed', 0)
  forget({['p|'] = true, ['v|'] = true})
  portal(hour, 'visits')
  check('visits')
  if arg.private == '1' then
    check('private_client')
  end
end

local function counted(metric)
  portal(hour, metric)
  local opened = visit_field('opened')
  if opened then
    redis.call('HINCRBY', V, metric .. '|' .. hour, 1)
  end
  if arg.listed ~= '1' then
    return
  end
  local things = {arg.object}
  for place = PARENTS_FROM, #ARGV do
    things[#things + 1] = ARGV[place]
  end
  for _, thing in ipairs(things) do
    grow(today, thing, metric)
    if opened and redis.call('HSETNX', O, 'v|' .. thing, 1) == 1 then
      grow(day(opened), thing, 'visits')
      if visit_field('confirmed') == '1' then
        grow(day(opened), thing, 'visits_confirmed')
      end
    end
  end
end

local function void()
  if not is_open() then
    return
  end
  local opened = visit_field('opened')
  portal(opened, 'void_visits')
  if visit_field('confirmed') == '1' then
    portal(opened, 'void_visits_confirmed')
  end
  local fields = redis.call('HGETALL', V)
  for place = 1, #fields, 2 do
    local metric, bucket = string.match(fields[place], '^(%l+)|(%d.*)$')
    if metric == 'views' or metric == 'downloads' then
      portal(bucket, 'void_' .. metric, fields[place + 1])
    end
  end
  redis.call('DEL', V)
end

local function mark()
  redis.call('SET', X, 1, 'PX', text(math.max(arg.salt_end - at, 1)))
  void()
end

local function robot()
  mark()
  portal(hour, 'robots')
end

local function passes_minute()
  local first = redis.call('LINDEX', P, 0)
  while first and tonumber(first) < at - arg.window do
    redis.call('LPOP', P)
    first = redis.call('LINDEX', P, 0)
  end
  local before = redis.call('LINDEX', P, -1)
  local length = redis.call('RPUSH', P, text(later(before and tonumber(before), at)))
  redis.call('PEXPIRE', P, arg.window)
  return length > arg.limit_minute
end

-- Events

local events = {}

function events.page()
  if passes_minute() or tonumber(visit_field('pages') or 0) >= arg.limit_visit then
    return robot()
  end
  if not is_open() then
    open()
  end
  redis.call('HINCRBY', V, 'pages', 1)
  if not is_repeat(remembered('p|' .. arg.object)) then
    counted('views')
  end
  if arg.nonce ~= '' then
    redis.call('HSET', V, 'n|' .. arg.nonce, 1)
  end
  extend()
end

function events.show()
  if redis.call('HDEL', V, 'n|' .. arg.nonce) == 0 then
    return
  end
  if visit_field('confirmed') == '0' then
    redis.call('HSET', V, 'confirmed', 1)
    local opened = visit_field('opened')
    portal(opened, 'visits_confirmed')
    for _, field in ipairs(redis.call('HKEYS', O)) do
      if string.sub(field, 1, 2) == 'v|' then
        grow(day(opened), string.sub(field, 3), 'visits_confirmed')
      end
    end
  end
  extend()
end

function events.download()
  local repeated = is_repeat(remembered('d|' .. arg.object))
  extend()
  if repeated then
    return
  end
  if is_open() then
    if tonumber(visit_field('fetched')) >= arg.limit_visit then
      return robot()
    end
    redis.call('HINCRBY', V, 'fetched', 1)
  end
  counted('downloads')
end

events.part = extend
events.frame = extend

function events.internal()
  portal(hour, 'internal')
  void()
end

events.opt_out = void
events.mark = mark

function events.count()
  portal(hour, arg.counter)
end

function events.alive()
end

local of_marked = {internal = true, opt_out = true, count = true, alive = true}

if arg.key ~= '' then
  close()
end
if of_marked[arg.event] or redis.call('EXISTS', X) == 0 then
  events[arg.event]()
elseif arg.event == 'page' or arg.event == 'download' then
  portal(hour, 'robots')
end
if arg.key ~= '' and redis.call('EXISTS', O) == 1 then
  redis.call('PEXPIRE', O, arg.timeout)
end

-- That the count works in this minute, and what the caller met when it did not

redis.call('SETBIT', key('m:' .. rid .. ':' .. today), minute, 1)
redis.call('SADD', key('dm'), rid .. ':' .. today)
if arg.untrusted == '1' then
  check('untrusted_header')
end
for place = NOTES_FROM, PARENTS_FROM - 1 do
  redis.call('RPUSH', key('g'), ARGV[place])
end
return {'ok', text(at)}
