import OpsModel

/// What moves RQ's jobs. Each script checks every key's type first, so that no command of it can fail half way; checks each job before
/// it touches it; pushes before it removes. Payloads are never read and never written. Codes: 0 moved, 1 absent, 2 changed, 3 payload
/// missing, 4 busy, 5 failed (a key of another type), 6 another queue: `RQVerdict`.
enum RQScripts {
  /// `KEYS`: the set, the queue's list, `rq:queues`, the lease or nothing.
  private static let head =
    ScriptCode.head + """
      if not kind(KEYS[2], 'list') or not kind(KEYS[3], 'set') then
        return redis.error_reply('WRONGKEY a key of RQ holds another type')
      end
      local moved, seen = {}, {}

      """

  /// Jobs go back to their queue: as in `Job.requeue`, but their records lose their expiry, and nothing happens in between. They are pushed
  /// before anything else is touched: should a command be refused after all, a job is in its queue and in its registry rather than in
  /// neither. Each call of a command costs as much as the command itself: what can be asked for many jobs at once is asked so, and what is
  /// rarely there is only touched where it is.
  private static let requeue = """
    local total, times, old = 0, {}, {}
    local function requeue(id, ttl, trace)
      total = total + 1
      moved[total] = id
      if ttl and #ttl < 13 and string.find(ttl, '^[0-9]+$') then times[total] = tonumber(ttl) end
      if trace then old[total] = true end
    end
    local function keep(first, last)
      local waiting = {}
      for i = first, last do waiting[#waiting + 1] = 'rq:job:' .. moved[i] .. ':dependents' end
      if call('EXISTS', unpack(waiting)) == 0 then return end
      for i = 1, #waiting do call('PERSIST', waiting[i]) end
    end
    local function push(now)
      if total == 0 then return end
      call('SADD', KEYS[3], KEYS[2])
      for at = 1, total, 1000 do call('RPUSH', KEYS[2], unpack(moved, at, math.min(at + 999, total))) end
      for i = 1, total do
        local job, ttl = 'rq:job:' .. moved[i], times[i]
        call('HSET', job, 'status', 'queued', 'enqueued_at', now, 'started_at', '', 'ended_at', '', 'last_heartbeat', '', 'worker_name', '')
        if old[i] then call('HDEL', job, 'exc_info') end
        if ttl and ttl > 0 then call('EXPIRE', job, ttl) else call('PERSIST', job) end
      end
      for at = 1, total, 1000 do keep(at, math.min(at + 999, total)) end
    end

    """

  /// `ARGV`: lease token, time, queue name, then all ids, then the scores of all.
  static let retry = RedisScript(
    name: "moving failed jobs",
    source: head + requeue + """
      if not kind(KEYS[1], 'zset') then return redis.error_reply('WRONGKEY the failed registry is not a sorted set') end
      local queue, count = ARGV[3], (#ARGV - 3) / 2
      local scores = {}
      for at = 1, count, 1000 do
        local last = math.min(at + 999, count)
        local found = redis.pcall('ZMSCORE', KEYS[1], unpack(ARGV, at + 3, last + 3))
        -- A server before 6.2 has no ZMSCORE.
        for i = at, last do
          if found.err then scores[i] = call('ZSCORE', KEYS[1], ARGV[i + 3]) else scores[i] = found[i - at + 1] end
        end
      end
      for i = 1, count do
        local id, score, wanted, code = ARGV[i + 3], scores[i], ARGV[i + 3 + count], 0
        if not score then code = 1
        elseif score ~= wanted and tonumber(score) ~= tonumber(wanted) then code = 2
        else
          local fields = redis.pcall('HMGET', 'rq:job:' .. id, 'status', 'origin', 'ttl', 'exc_info')
          if fields.err then code = 5
          elseif not fields[1] and not fields[2] then code = 3
          elseif fields[1] ~= 'failed' and fields[1] ~= 'stopped' then code = 2
          elseif fields[2] ~= queue then code = 6
          elseif seen[id] then code = 1
          else
            requeue(id, fields[3], fields[4])
            seen[id] = true
          end
        end
        out[i] = code
      end
      push(ARGV[2])
      for at = 1, #moved, 1000 do call('ZREM', KEYS[1], unpack(moved, at, math.min(at + 999, #moved))) end
      return out
      """)

  /// `ARGV`: lease token, time, queue name, then id, score and number of fields of each: what stands in the quarantine file.
  static let discard = RedisScript(
    name: "discarding failed jobs",
    source: head + """
      if not kind(KEYS[1], 'zset') then return redis.error_reply('WRONGKEY the failed registry is not a sorted set') end
      for at = 4, #ARGV, 3 do
        local id, code = ARGV[at], 0
        local job = 'rq:job:' .. id
        local score = call('ZSCORE', KEYS[1], id)
        if not score then code = 1
        elseif tonumber(score) ~= tonumber(ARGV[at + 1]) then code = 2
        elseif not kind(job, 'hash') then code = 5
        elseif call('HLEN', job) ~= tonumber(ARGV[at + 2]) then code = 2
        else
          -- An entry may be left over of a job that was queued anew under the same id: its record is in use.
          local status = call('HGET', job, 'status')
          if status and status ~= 'failed' and status ~= 'stopped' then code = 2 end
        end
        if code == 0 then
          call('ZREM', KEYS[1], id)
          call('DEL', job, job .. ':dependents', 'rq:job::' .. id .. ':dependencies', 'rq:results:' .. id)
        end
        out[#out + 1] = code
      end
      return out
      """)

  /// `ARGV`: lease token, score, id, when all of it expires or 0, number of record fields and they, number of dependents and they, then for each result its id, the
  /// number of its fields and they.
  static let restore = RedisScript(
    name: "restoring a failed job",
    source: head + """
      if not kind(KEYS[1], 'zset') then return redis.error_reply('WRONGKEY the failed registry is not a sorted set') end
      local id = ARGV[3]
      local job = 'rq:job:' .. id
      if call('ZSCORE', KEYS[1], id) or call('EXISTS', job) == 1 then return {4} end
      local at = 5
      local function take()
        local count = tonumber(ARGV[at])
        local list = {}
        for i = 1, count do list[i] = ARGV[at + i] end
        at = at + count + 1
        return list
      end
      local fields = take()
      for i = 1, #fields, 2 do call('HSET', job, fields[i], fields[i + 1]) end
      local dependents = take()
      for i = 1, #dependents do call('SADD', job .. ':dependents', dependents[i]) end
      while at <= #ARGV do
        local entry = ARGV[at]
        at = at + 1
        call('XADD', 'rq:results:' .. id, entry, unpack(take()))
      end
      local expiry = tonumber(ARGV[4])
      if expiry > 0 then
        for _, key in ipairs({job, job .. ':dependents', 'rq:results:' .. id}) do call('EXPIREAT', key, expiry) end
      end
      call('SADD', KEYS[3], KEYS[2])
      call('ZADD', KEYS[1], ARGV[2], id)
      return {0}
      """)

  /// Orphans of the started registry: the lease and the record still name a worker, and that worker is gone. `ARGV`: lease token, time,
  /// queue name, then member, score, job id and worker of each.
  static let recover = RedisScript(
    name: "recovering orphaned jobs",
    source: head + requeue + """
      if not kind(KEYS[1], 'zset') then return redis.error_reply('WRONGKEY the started registry is not a sorted set') end
      local gone = {}
      for at = 4, #ARGV, 4 do
        local member, id, worker, code = ARGV[at], ARGV[at + 2], ARGV[at + 3], 0
        local score = call('ZSCORE', KEYS[1], member)
        if not score or seen[id] then code = 1
        elseif tonumber(score) ~= tonumber(ARGV[at + 1]) then code = 2
        elseif worker ~= '' and call('HGET', 'rq:worker:' .. worker, 'current_job') == id then code = 4
        else
          local fields = redis.pcall('HMGET', 'rq:job:' .. id, 'status', 'origin', 'ttl', 'exc_info', 'worker_name')
          if fields.err then code = 5
          elseif not fields[1] and not fields[2] then code = 3
          elseif fields[1] ~= 'started' or (fields[5] or '') ~= worker then code = 2
          elseif fields[2] ~= ARGV[3] then code = 6
          else
            requeue(id, fields[3], fields[4])
            gone[#gone + 1] = member
          end
        end
        seen[id] = true
        out[#out + 1] = code
      end
      push(ARGV[2])
      for i = 1, #gone do
        call('ZREM', KEYS[1], gone[i])
        call('DEL', 'rq:executions:' .. moved[i], 'rq:execution:' .. gone[i])
      end
      return out
      """)

  /// Stuck entries of an intermediate list. `KEYS[1]`: that list. `ARGV`: lease token, time, queue name, started registry, then an id each.
  static let unstick = RedisScript(
    name: "recovering stuck jobs",
    source: head + requeue + """
      if not kind(KEYS[1], 'list') then return redis.error_reply('WRONGKEY the intermediate queue is not a list') end
      local present = {}
      for _, id in ipairs(call('LRANGE', KEYS[1], 0, 999)) do present[id] = true end
      for at = 5, #ARGV do
        local id, code = ARGV[at], 0
        local fields = redis.pcall('HMGET', 'rq:job:' .. id, 'status', 'origin', 'ttl', 'exc_info')
        if not present[id] then code = 1
        elseif fields.err then code = 5
        elseif not fields[1] and not fields[2] then code = 3
        elseif fields[1] ~= 'queued' then code = 2
        elseif fields[2] ~= ARGV[3] then code = 6
        else requeue(id, fields[3], fields[4]) end
        present[id] = nil
        out[#out + 1] = code
      end
      push(ARGV[2])
      for i = 1, #moved do call('LREM', KEYS[1], 1, moved[i]) end
      return out
      """)
}
