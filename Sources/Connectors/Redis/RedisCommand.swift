/// A command for Redis. Only verbs that read can be named: what is not in `Verb` can not be sent by a connector that looks.
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
    case hget = "HGET"
    case hmget = "HMGET"
    case hlen = "HLEN"
    case hstrlen = "HSTRLEN"
    case scard = "SCARD"
    case sscan = "SSCAN"
    case scan = "SCAN"
  }

  let verb: Verb
  let arguments: [[UInt8]]

  init(_ verb: Verb) {
    self.verb = verb
    arguments = []
  }

  init(_ verb: Verb, _ first: [UInt8], _ others: [UInt8]...) {
    self.verb = verb
    arguments = [first] + others
  }

  init(_ verb: Verb, list: [[UInt8]]) {
    self.verb = verb
    arguments = list
  }

  init(_ verb: Verb, texts first: String, _ others: String...) {
    self.verb = verb
    arguments = ([first] + others).map { Array($0.utf8) }
  }
}
