import Gate
import OpsModel

/// A Lua script of ours. It is loaded once per connection and called by its digest; a server that lost it gets it again.
struct RedisScript: Sendable {
  let name: SafeText
  let source: String

  /// Runs it.
  /// - Returns: its reply, and the seconds from sending to the reply.
  func run(
    _ client: RedisScriptClient, keys: [[UInt8]], _ arguments: [[UInt8]], _ permit: Permit
  ) async throws(Failure) -> (reply: RedisValue, seconds: Double) {
    try await client.run(self, keys: keys, arguments, permit)
  }
}

/// A connection that scripts are run on. Knows what is loaded, and how long an answer takes when nothing is to be done.
actor RedisScriptClient {
  let client: RedisClient
  private let clock: any OpsClock
  private var digests: [String: [UInt8]] = [:]
  /// Seconds that a `PING` takes: what is longer is the server's work.
  private var idle = Double.infinity

  init(client: RedisClient, clock: any OpsClock) {
    self.client = client
    self.clock = clock
  }

  func run(
    _ script: RedisScript, keys: [[UInt8]], _ arguments: [[UInt8]], _ permit: Permit
  ) async throws(Failure) -> (reply: RedisValue, seconds: Double) {
    if idle == .infinity { try await measure() }
    for attempt in 0..<2 {
      let digest = try await digest(of: script, permit)
      let call = RedisMutation(.evalSHA, [digest, Array(String(keys.count).utf8)] + keys + arguments)
      let began = clock.now()
      let reply = try await client.run([call], permit)[0]
      let seconds = clock.now().age(since: began)
      if case .error(let message) = reply {
        if message.hasPrefix("NOSCRIPT"), attempt == 0 {
          digests = [:]
          continue
        }
        throw Self.failure(message, of: script)
      }
      return (reply, max(0, seconds - idle))
    }
    throw .notReady("the server forgets scripts at once")
  }

  /// An error of a command inside of the script: what came before it was done, and nobody can tell how far it got. Our own refusals come
  /// before anything is done.
  private static func failure(_ message: String, of script: RedisScript) -> Failure {
    if message.hasPrefix(ScriptCode.leaseLost) { return .declined(.leaseLost) }
    if message.hasPrefix(ScriptCode.wrongKey) {
      return .declined(.wrongKey(SafeText(escaping: String(message.dropFirst(ScriptCode.wrongKey.count)), limit: 200)))
    }
    let failure = RedisFailure.of(message, doing: script.name)
    guard message.contains("user_script") else { return failure }
    return .garbage("\(script.name) stopped in the middle: \(failure.what)")
  }

  private func digest(of script: RedisScript, _ permit: Permit) async throws(Failure) -> [UInt8] {
    if let known = digests[script.source] { return known }
    let reply = try await client.run([RedisMutation(.script, texts: "LOAD", script.source)], permit)[0]
    if case .error(let message) = reply { throw RedisFailure.of(message, doing: "SCRIPT LOAD") }
    guard let digest = reply.bytes else { throw .garbage("a SCRIPT LOAD reply of another shape") }
    digests[script.source] = digest
    return digest
  }

  private func measure() async throws(Failure) {
    for _ in 0..<3 {
      let began = clock.now()
      _ = try await client.run([RedisCommand(.ping)])
      idle = min(idle, clock.now().age(since: began))
    }
  }
}
