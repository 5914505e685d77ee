/// A command that changes something. It can only be sent together with a permit of the gate.
struct RedisMutation: Sendable {
  enum Verb: String, Sendable {
    case evalSHA = "EVALSHA"
    case script = "SCRIPT"
    case publish = "PUBLISH"
    case set = "SET"
    case delete = "DEL"
    case expire = "EXPIRE"
    case sadd = "SADD"
    case srem = "SREM"
    case lpush = "LPUSH"
    case rpop = "RPOP"
    case zadd = "ZADD"
  }

  let verb: Verb
  let arguments: [[UInt8]]

  init(_ verb: Verb, _ arguments: [[UInt8]]) {
    self.verb = verb
    self.arguments = arguments
  }

  init(_ verb: Verb, texts: String...) { self.init(verb, texts.map { Array($0.utf8) }) }
}
