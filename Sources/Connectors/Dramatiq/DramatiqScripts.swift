import OpsModel

/// What moves Dramatiq's dead messages. `KEYS`: dead ids, dead messages, the queue, its messages, the lease or nothing. Codes as in
/// `ScriptCode`.
enum DramatiqScripts {
  private static let check = """
    if not kind(KEYS[1], 'zset') or not kind(KEYS[2], 'hash') or not kind(KEYS[3], 'list') or not kind(KEYS[4], 'hash') then
      return redis.error_reply('WRONGKEY a key of Dramatiq holds another type')
    end

    """

  /// `ARGV`: token, then id and score of each, and where it goes back with other bytes, those that are expected and those that go. The others
  /// never leave the server.
  static let retry = RedisScript(
    name: "moving dead messages",
    source: ScriptCode.head + check + """
      for at = 2, #ARGV, 4 do
        local id, code = ARGV[at], 0
        local score = call('ZSCORE', KEYS[1], id)
        local message = call('HGET', KEYS[2], id)
        if not score then code = 1
        elseif tonumber(score) ~= tonumber(ARGV[at + 1]) then code = 2
        elseif not message then code = 3
        elseif ARGV[at + 2] ~= '' and message ~= ARGV[at + 2] then code = 2
        elseif call('HEXISTS', KEYS[4], id) == 1 then code = 4
        else
          call('HSET', KEYS[4], id, ARGV[at + 3] ~= '' and ARGV[at + 3] or message)
          call('RPUSH', KEYS[3], id)
          call('ZREM', KEYS[1], id)
          call('HDEL', KEYS[2], id)
        end
        out[#out + 1] = code
      end
      return out
      """)

  /// `ARGV`: token, then id, score and bytes of each.
  static let discard = RedisScript(
    name: "discarding dead messages",
    source: ScriptCode.head + check + """
      for at = 2, #ARGV, 3 do
        local id, code = ARGV[at], 0
        local score = call('ZSCORE', KEYS[1], id)
        if not score then code = 1
        elseif tonumber(score) ~= tonumber(ARGV[at + 1]) or (call('HGET', KEYS[2], id) or '') ~= ARGV[at + 2] then code = 2
        else
          call('ZREM', KEYS[1], id)
          call('HDEL', KEYS[2], id)
        end
        out[#out + 1] = code
      end
      return out
      """)

  /// `ARGV` as for `discard`.
  static let restore = RedisScript(
    name: "restoring dead messages",
    source: ScriptCode.head + check + """
      for at = 2, #ARGV, 3 do
        local id, code = ARGV[at], 0
        if call('ZSCORE', KEYS[1], id) or call('HEXISTS', KEYS[4], id) == 1 then code = 4
        else
          call('HSET', KEYS[2], id, ARGV[at + 2])
          call('ZADD', KEYS[1], ARGV[at + 1], id)
        end
        out[#out + 1] = code
      end
      return out
      """)
}
