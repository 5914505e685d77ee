import Gate

extension RedisCommand {
  /// Commands of runbooks that only look and cost the server little. What is not here takes a permit.
  private static let looking: Set<String> = [
    "GET", "MGET", "EXISTS", "TTL", "PTTL", "TYPE", "STRLEN", "GETRANGE", "HGET", "HMGET", "HLEN", "HEXISTS", "HSTRLEN", "LLEN", "LINDEX",
    "LRANGE", "SCARD", "SISMEMBER", "SRANDMEMBER", "ZCARD", "ZCOUNT", "ZSCORE", "ZRANK", "ZRANGE", "XLEN", "XPENDING", "INFO", "DBSIZE",
    "PING", "TIME", "ROLE",
  ]

  /// Commands with a second word that says what they do.
  private static let lookingPairs: Set<String> = [
    "CONFIG GET", "MEMORY USAGE", "OBJECT ENCODING", "OBJECT IDLETIME", "OBJECT FREQ", "SLOWLOG GET", "SLOWLOG LEN", "CLIENT LIST",
    "XINFO STREAM", "XINFO GROUPS",
  ]

  /// Commands after which a connection speaks another language, or never answers.
  static let refused: Set<String> = [
    "MONITOR", "SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "SYNC", "PSYNC", "BLPOP", "BRPOP", "BLMOVE", "BRPOPLPUSH", "BZPOPMIN", "BZPOPMAX",
    "WAIT", "DEBUG", "AUTH", "HELLO", "SELECT", "MULTI", "EXEC", "RESET", "QUIT",
  ]

  /// A command that only looks. Nil for any other.
  init?(looking words: [String]) {
    guard let name = words.first?.uppercased() else { return nil }
    let pair = words.count > 1 ? "\(name) \(words[1].uppercased())" : name
    guard Self.looking.contains(name) || Self.lookingPairs.contains(pair) else { return nil }
    self.init(name: name, words.dropFirst().map { Array($0.utf8) })
  }

  /// A command as a runbook has it. Nil for one that a step can not use.
  init?(acting words: [String], _ permit: Permit) {
    guard let name = words.first?.uppercased(), !Self.refused.contains(name) else { return nil }
    self.init(name: name, words.dropFirst().map { Array($0.utf8) })
  }
}
