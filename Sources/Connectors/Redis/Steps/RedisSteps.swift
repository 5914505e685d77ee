import Gate
import OpsModel

/// Commands of runbooks. What they are is fixed in the file; their arguments go as bulk strings, whatever they hold.
actor RedisSteps: StepServer {
  static let kind = StepServerKind(
    lease: { (settings, scope, holder, clock, permit) throws(Failure) in
      RedisRunLease(scope, holder, client: try RedisSource.writer(settings, "", clock), clock: clock, permit: permit)
    },
    make: { (settings, actor, clock) throws(Failure) in RedisSteps(settings, actor, clock) })

  /// Removes a key only while it holds a value: nobody else's flag is taken away.
  private static let compareAndDelete = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"

  private let settings: SourceSettings
  private let actor: String
  private let clock: any OpsClock
  private var client: RedisClient?

  init(_ settings: SourceSettings, _ actor: String, _ clock: any OpsClock) {
    self.settings = settings
    self.actor = actor
    self.clock = clock
  }

  func look(_ call: StepCall, _ terms: StepTerms) async -> AttemptEnd {
    guard case .redis(let words) = call else { return .refused("Redis takes commands and walks over keys", nil) }
    guard let command = RedisCommand(looking: words) else {
      return .refused("\(SafeText(escaping: words.first ?? "", limit: 40)) is not known as a command that only looks", nil)
    }
    return await one(command, words, terms)
  }

  func perform(_ call: StepCall, _ terms: StepTerms, _ permit: Permit) async -> AttemptEnd {
    switch call {
    case .redis(let words):
      if words.first?.uppercased() == "DELEX_IF" {
        guard words.count == 3 else { return .refused("DELEX_IF takes a key and a value", nil) }
        let arguments = [Self.compareAndDelete, "1", words[1], words[2]].map { Array($0.utf8) }
        return await one(RedisCommand(name: "EVAL", arguments), words, terms)
      }
      guard let command = RedisCommand(acting: words, permit) else {
        return .refused("\(SafeText(escaping: words.first ?? "", limit: 40)) can not be used in a step", nil)
      }
      return await one(command, words, terms)
    case .redisScan(let pattern, let type, let most, let rate, let each):
      let walk = RedisScanStep(pattern: pattern, type: type, most: most, perSecond: rate, each: each, clock: clock)
      do throws(Failure) {
        let client = try await connected(terms)
        return await walk.run(client, terms, permit)
      } catch { return .notSent(error.what) }
    case .sql, .http: return .refused("Redis takes commands and walks over keys", nil)
    }
  }

  func close() async { await client?.close() }

  /// Who we are is known to the server before anything is asked: what fails until then has sent nothing.
  private func connected(_ terms: StepTerms) async throws(Failure) -> RedisClient {
    var asked = settings
    asked.texts["timeout"] = String(min(60, max(0.5, terms.timeout)))
    let made = terms.isRead ? try RedisSource.client(asked, clock) : try RedisSource.writer(asked, actor, clock)
    await client?.close()
    client = made
    _ = try await terms.ending(by: made.close) { () throws(Failure) in try await made.run([RedisCommand(.ping)]) }
    return made
  }

  private func one(_ command: RedisCommand, _ words: [String], _ terms: StepTerms) async -> AttemptEnd {
    let client: RedisClient
    do throws(Failure) { client = try await connected(terms) } catch { return .notSent(error.what) }
    do throws(Failure) {
      let replies = try await terms.ending(by: client.close) { () throws(Failure) in try await client.run([command]) }
      let reply = replies[0]
      if case .error(let message) = reply { return .refused(RedisFailure.of(message, doing: SafeText(escaping: words[0])).what, nil) }
      return .done(RedisAnswer.outputs(reply, of: words))
    } catch {
      return terms.isWanted() ? AttemptEnd(after: error) : .cancelled("stopped by the operator before the server had answered")
    }
  }
}
