import OpsModel

/// What moves Celery's messages. `ARGV[1]` is the lease's token; codes as in `ScriptCode`. Bytes are moved as the client gives them: what
/// is compared stands beside them, and nothing is written where it differs.
enum CeleryScripts {
  /// A failed result becomes a message once. `ARGV`: token, `1` where results lie on this server, broker database, result database, what a
  /// marker holds; then list, marker, seconds that it lives, result key, expected result and message of each.
  static let retry = RedisScript(
    name: "making messages of failed results",
    source: ScriptCode.head + """
      for at = 6, #ARGV, 6 do
        local list, marker, code = ARGV[at], ARGV[at + 1], 0
        if ARGV[2] == '1' then
          call('SELECT', ARGV[4])
          local stored = call('GET', ARGV[at + 3])
          call('SELECT', ARGV[3])
          if not stored then code = 1 elseif stored ~= ARGV[at + 4] then code = 2 end
        end
        if code == 0 and not kind(list, 'list') then code = 5 end
        if code == 0 and call('EXISTS', marker) == 1 then code = 4 end
        if code == 0 then
          call('LPUSH', list, ARGV[at + 5])
          call('SET', marker, ARGV[5], 'EX', ARGV[at + 2])
        end
        out[#out + 1] = code
      end
      return out
      """)

  /// Unacknowledged messages go back to the front of their queues. `KEYS`: unacked, its index, the lease or nothing. `ARGV`: token; then
  /// tag, expected entry, expected time of its hand-out, message, number of lists and the lists of each.
  static let recover = RedisScript(
    name: "giving unacknowledged messages back",
    source: ScriptCode.head + """
      if not kind(KEYS[1], 'hash') or not kind(KEYS[2], 'zset') then return redis.error_reply('WRONGKEY a key of kombu holds another type') end
      local at = 2
      while at <= #ARGV do
        local tag, count, code = ARGV[at], tonumber(ARGV[at + 4]), 0
        local stored = call('HGET', KEYS[1], tag)
        local since = call('ZSCORE', KEYS[2], tag)
        if not stored then code = 1
        elseif stored ~= ARGV[at + 1] or not since or tonumber(since) ~= tonumber(ARGV[at + 2]) then code = 2 end
        for i = 1, count do
          if code == 0 and not kind(ARGV[at + 4 + i], 'list') then code = 5 end
        end
        if code == 0 then
          for i = 1, count do call('RPUSH', ARGV[at + 4 + i], ARGV[at + 3]) end
          call('ZREM', KEYS[2], tag)
          call('HDEL', KEYS[1], tag)
        end
        out[#out + 1] = code
        at = at + 5 + count
      end
      return out
      """)

  /// From a dead-letter list to queues. `KEYS`: the list, the lease or nothing. `ARGV`: token; then direction, element, message, number of
  /// lists and the lists of each. Direction 1 looks from the head, -1 from the tail.
  static let move = RedisScript(
    name: "moving messages of a dead-letter list",
    source: ScriptCode.head + """
      if not kind(KEYS[1], 'list') then return redis.error_reply('WRONGKEY the dead-letter list is not a list') end
      local at = 2
      while at <= #ARGV do
        local count, code = tonumber(ARGV[at + 3]), 0
        for i = 1, count do
          if not kind(ARGV[at + 3 + i], 'list') then code = 5 end
        end
        if code == 0 and not call('LPOS', KEYS[1], ARGV[at + 1], 'RANK', ARGV[at]) then code = 1 end
        if code == 0 then
          for i = 1, count do call('LPUSH', ARGV[at + 3 + i], ARGV[at + 2]) end
          call('LREM', KEYS[1], ARGV[at], ARGV[at + 1])
        end
        out[#out + 1] = code
        at = at + 4 + count
      end
      return out
      """)

  /// `KEYS`: the list, the lease or nothing. `ARGV`: token; then direction and element of each.
  static let discardElement = RedisScript(
    name: "discarding messages of a dead-letter list",
    source: ScriptCode.head + """
      if not kind(KEYS[1], 'list') then return redis.error_reply('WRONGKEY the dead-letter list is not a list') end
      for at = 2, #ARGV, 2 do
        out[#out + 1] = call('LREM', KEYS[1], ARGV[at], ARGV[at + 1]) == 0 and 1 or 0
      end
      return out
      """)

  /// `KEYS`: the list, the lease or nothing. `ARGV`: token; then the elements.
  static let restoreElement = RedisScript(
    name: "restoring messages of a dead-letter list",
    source: ScriptCode.head + """
      if not kind(KEYS[1], 'list') then return redis.error_reply('WRONGKEY the dead-letter list is not a list') end
      for at = 2, #ARGV do
        if call('LPOS', KEYS[1], ARGV[at]) then out[#out + 1] = 4
        else
          call('RPUSH', KEYS[1], ARGV[at])
          out[#out + 1] = 0
        end
      end
      return out
      """)

  /// On the server of the results; no lease. `ARGV`: an empty token; then key and expected bytes of each.
  static let discardResult = RedisScript(
    name: "discarding failed results",
    source: ScriptCode.head + """
      for at = 2, #ARGV, 2 do
        local stored, code = call('GET', ARGV[at]), 0
        if not stored then code = 1 elseif stored ~= ARGV[at + 1] then code = 2 else call('DEL', ARGV[at]) end
        out[#out + 1] = code
      end
      return out
      """)

  /// As `discardResult`, with the milliseconds each has left to live, or 0.
  static let restoreResult = RedisScript(
    name: "restoring failed results",
    source: ScriptCode.head + """
      for at = 2, #ARGV, 3 do
        local life = tonumber(ARGV[at + 2])
        local done
        if life > 0 then done = call('SET', ARGV[at], ARGV[at + 1], 'NX', 'PX', life) else done = call('SET', ARGV[at], ARGV[at + 1], 'NX') end
        out[#out + 1] = done and 0 or 4
      end
      return out
      """)
}
