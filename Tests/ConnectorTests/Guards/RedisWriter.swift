import Glibc
import Testing

/// Writes into a database of the test Redis. The program's own client cannot: its commands read.
final class RedisWriter {
  private let file: Int32
  private var frames = RedisFrames()

  init(port: Int, database: Int) throws {
    file = try Loopback.connect(port)
    try run([["SELECT", "\(database)"]])
  }

  deinit { close(file) }

  /// Runs the commands in pipelines. An error of one fails the test.
  func run(_ commands: [[String]]) throws {
    for start in stride(from: 0, to: commands.count, by: 500) {
      let part = commands[start..<min(start + 500, commands.count)]
      Loopback.write(part.flatMap(Self.encoded), to: file)
      var open = part.count
      while open > 0 {
        let bytes = Loopback.read(file)
        try #require(!bytes.isEmpty, "the server closed the connection")
        let replies = frames.take(bytes)
        for reply in replies where reply.first == UInt8(ascii: "-") {
          try #require(Bool(false), "\(String(decoding: reply, as: UTF8.self))")
        }
        open -= replies.count
      }
    }
  }

  private static func encoded(_ words: [String]) -> [UInt8] {
    Array(("*\(words.count)\r\n" + words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()).utf8)
  }
}
