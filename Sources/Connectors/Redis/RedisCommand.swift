import Gate

/// A command for Redis. Only verbs that read can be named: what is not in `Verb` can not be sent by a connector that looks. A command
/// that writes is made of a `RedisMutation` and a permit, and the gate alone makes permits.
struct RedisCommand: Sendable {
  enum Verb: String, Sendable {
    // The connection itself.
    case auth = "AUTH"
    case select = "SELECT"
    case client = "CLIENT"
    case ping = "PING"
    case psubscribe = "PSUBSCRIBE"
    case punsubscribe = "PUNSUBSCRIBE"
    // The server.
    case info = "INFO"
    case time = "TIME"
    case pubsub = "PUBSUB"
    // Keys, each in constant time or in a bounded window.
    case exists = "EXISTS"
    case type = "TYPE"
    case get = "GET"
    case ttl = "TTL"
    case llen = "LLEN"
    case lindex = "LINDEX"
    case lrange = "LRANGE"
    case zcard = "ZCARD"
    case zcount = "ZCOUNT"
    case zrange = "ZRANGE"
    case zrevrange = "ZREVRANGE"
    case zrangebyscore = "ZRANGEBYSCORE"
    case zrevrangebyscore = "ZREVRANGEBYSCORE"
    case zrevrank = "ZREVRANK"
    case zscore = "ZSCORE"
    case zscan = "ZSCAN"
    case hget = "HGET"
    case hmget = "HMGET"
    case hlen = "HLEN"
    case hexists = "HEXISTS"
    case hgetall = "HGETALL"
    case hscan = "HSCAN"
    case hstrlen = "HSTRLEN"
    case scard = "SCARD"
    case sscan = "SSCAN"
    case scan = "SCAN"
    case mget = "MGET"
    case strlen = "STRLEN"
    case getRange = "GETRANGE"
    case lpos = "LPOS"
    case smembers = "SMEMBERS"
    case sismember = "SISMEMBER"
    case xrange = "XRANGE"
    case xrevrange = "XREVRANGE"
    /// `MEMORY USAGE`: how large a value is, before it is fetched.
    case memory = "MEMORY"
    /// Refuses writes on the server.
    case evalReadOnly = "EVAL_RO"
  }

  let name: String
  let arguments: [[UInt8]]

  /// For the commands of steps, which check themselves what may be named.
  init(name: String, _ arguments: [[UInt8]]) {
    self.name = name
    self.arguments = arguments
  }

  init(_ mutation: RedisMutation, _ permit: Permit) {
    name = mutation.verb.rawValue
    arguments = mutation.arguments
  }

  init(_ verb: Verb) {
    name = verb.rawValue
    arguments = []
  }

  init(_ verb: Verb, _ first: [UInt8], _ others: [UInt8]...) {
    name = verb.rawValue
    arguments = [first] + others
  }

  init(_ verb: Verb, list: [[UInt8]]) {
    name = verb.rawValue
    arguments = list
  }

  init(_ verb: Verb, texts first: String, _ others: String...) {
    name = verb.rawValue
    arguments = ([first] + others).map { Array($0.utf8) }
  }
}
