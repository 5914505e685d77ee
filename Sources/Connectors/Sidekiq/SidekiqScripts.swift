import OpsModel

/// What moves Sidekiq's jobs. A job is its bytes: a script moves exactly those, or nothing. Codes as in `ScriptCode`.
enum SidekiqScripts {
  private static let queueCheck = """
    local kinds = {}
    local function isQueue(key)
      if kinds[key] == nil then kinds[key] = kind(key, 'list') end
      return kinds[key]
    end

    """

  /// `KEYS`: the set, `queues`, the lease or nothing. `ARGV`: token, prefix, then score, queue and bytes of each, and the bytes that go back where
  /// they are others.
  static let retry = RedisScript(
    name: "moving dead jobs",
    source: ScriptCode.head + queueCheck + """
      if not kind(KEYS[1], 'zset') or not kind(KEYS[2], 'set') then return redis.error_reply('WRONGKEY a key of Sidekiq holds another type') end
      for at = 3, #ARGV, 4 do
        local code, queue, member = 0, ARGV[2] .. 'queue:' .. ARGV[at + 1], ARGV[at + 2]
        local score = call('ZSCORE', KEYS[1], member)
        if not score then code = 1
        elseif tonumber(score) ~= tonumber(ARGV[at]) then code = 2
        elseif not isQueue(queue) then code = 5
        else
          call('LPUSH', queue, ARGV[at + 3] ~= '' and ARGV[at + 3] or member)
          call('SADD', KEYS[2], ARGV[at + 1])
          call('ZREM', KEYS[1], member)
        end
        out[#out + 1] = code
      end
      return out
      """)

  /// `KEYS`: the set, the lease or nothing. `ARGV`: token, then score and bytes of each.
  static let discard = RedisScript(
    name: "discarding dead jobs",
    source: ScriptCode.head + """
      if not kind(KEYS[1], 'zset') then return redis.error_reply('WRONGKEY the set of Sidekiq is not a sorted set') end
      for at = 2, #ARGV, 2 do
        local code = 0
        local score = call('ZSCORE', KEYS[1], ARGV[at + 1])
        if not score then code = 1 elseif tonumber(score) ~= tonumber(ARGV[at]) then code = 2
        else call('ZREM', KEYS[1], ARGV[at + 1]) end
        out[#out + 1] = code
      end
      return out
      """)

  static let restore = RedisScript(
    name: "restoring dead jobs",
    source: ScriptCode.head + """
      if not kind(KEYS[1], 'zset') then return redis.error_reply('WRONGKEY the set of Sidekiq is not a sorted set') end
      for at = 2, #ARGV, 2 do
        local code = 0
        if call('ZSCORE', KEYS[1], ARGV[at + 1]) then code = 4 else call('ZADD', KEYS[1], ARGV[at], ARGV[at + 1]) end
        out[#out + 1] = code
      end
      return out
      """)

  /// `KEYS`: the process, its work, `queues`, the lease or nothing. `ARGV`: token, prefix, then thread, its bytes, the last beat, queue and
  /// job of each. The job goes to the end that is next.
  static let recover = RedisScript(
    name: "recovering jobs of a dead process",
    source: ScriptCode.head + queueCheck + """
      if not kind(KEYS[2], 'hash') or not kind(KEYS[3], 'set') then return redis.error_reply('WRONGKEY a key of Sidekiq holds another type') end
      for at = 3, #ARGV, 5 do
        local code, queue = 0, ARGV[2] .. 'queue:' .. ARGV[at + 3]
        local work = call('HGET', KEYS[2], ARGV[at])
        local beat = call('HGET', KEYS[1], 'beat')
        if not work then code = 1
        elseif work ~= ARGV[at + 1] then code = 2
        elseif beat and tonumber(beat) ~= tonumber(ARGV[at + 2]) then code = 4
        elseif not isQueue(queue) then code = 5
        else
          call('RPUSH', queue, ARGV[at + 4])
          call('SADD', KEYS[3], ARGV[at + 3])
          call('HDEL', KEYS[2], ARGV[at])
        end
        out[#out + 1] = code
      end
      return out
      """)
}
