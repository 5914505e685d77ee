import NIOCore

/// Formats commands one by one, without making an array of each.
struct RedisPipelineWriter {
  private var parts: [RedisPipeline.Part] = []
  private var bytes: [UInt8] = []
  private var turns: [Int: Bool] = [:]
  private var count = 0

  mutating func add(_ command: RedisCommand) {
    begin(command.name, arguments: command.arguments.count)
    for argument in command.arguments { put(argument) }
    switch command.name {
    case RedisCommand.Verb.psubscribe.rawValue: turns[count] = true
    case RedisCommand.Verb.punsubscribe.rawValue: turns[count] = false
    default: break
    }
    end()
  }

  /// A command that asks for `rest` of the key that begins with `prefix`.
  mutating func add(_ verb: RedisCommand.Verb, _ prefix: [UInt8], _ name: [UInt8], _ rest: [[UInt8]]) {
    begin(verb.rawValue, arguments: 1 + rest.count)
    number(UInt8(ascii: "$"), prefix.count + name.count)
    bytes += prefix
    put(ending: name)
    for argument in rest { put(argument) }
    end()
  }

  var pipeline: RedisPipeline { RedisPipeline(parts: count > 0 ? parts + [part] : parts) }

  private var part: RedisPipeline.Part { .init(bytes: ByteBuffer(bytes: bytes), count: count, turns: turns) }

  /// The RESP form of a command: an array of counted strings. An array of bytes grows faster than a `ByteBuffer`, which is made of it once.
  private mutating func begin(_ name: String, arguments: Int) {
    number(UInt8(ascii: "*"), arguments + 1)
    number(UInt8(ascii: "$"), name.utf8.count)
    bytes += name.utf8
    bytes += Self.lineEnd
  }

  private mutating func put(_ argument: [UInt8]) {
    number(UInt8(ascii: "$"), argument.count)
    put(ending: argument)
  }

  private mutating func put(ending: [UInt8]) {
    bytes += ending
    bytes += Self.lineEnd
  }

  private mutating func end() {
    count += 1
    guard count == RedisPipeline.batch else { return }
    parts.append(part)
    bytes.removeAll(keepingCapacity: true)
    turns = [:]
    count = 0
  }

  private static let lineEnd: [UInt8] = [0x0D, 0x0A]

  /// A sign, a number and a line end. Most numbers are short: they are written without making a text of them.
  private mutating func number(_ sign: UInt8, _ number: Int) {
    bytes.append(sign)
    if number >= 100 { bytes += String(number / 100).utf8 }
    if number >= 10 { bytes.append(UInt8(ascii: "0") + UInt8(number / 10 % 10)) }
    bytes.append(UInt8(ascii: "0") + UInt8(number % 10))
    bytes += Self.lineEnd
  }
}
