import Gate
import OpsModel

/// Walks over keys with `SCAN` and sends one command for each: so many at most, so many in a second, a few at a time.
struct RedisScanStep {
  /// Commands that go out together: no more than may in a second.
  private var batch: Int { Int(min(50, max(1, perSecond))) }

  let pattern: String
  let type: String?
  let most: Int
  let perSecond: Double
  let each: [String]
  let clock: any OpsClock

  private struct Counts {
    var seen = 0
    var done = 0
    var changed = 0
    var failed = 0
    var firstError: SafeText = ""
  }

  func run(_ client: RedisClient, _ terms: StepTerms, _ permit: Permit) async -> AttemptEnd {
    let began = clock.now()
    var counts = Counts()
    var cursor = "0"
    repeat {
      do throws(Failure) {
        let (next, keys) = try await page(client, cursor)
        cursor = next
        counts.seen += keys.count
        var rest = keys.prefix(most - counts.done)[...]
        while !rest.isEmpty {
          if let end = stopped(terms, began, counts) { return end }
          try await send(rest.prefix(batch), client, permit, &counts)
          rest = rest.dropFirst(batch)
          await pause(counts.done, began, terms)
        }
      } catch {
        return .lost("\(words(counts)); then \(error.what)")
      }
      if let end = stopped(terms, began, counts) { return end }
    } while cursor != "0" && counts.done < most
    if counts.failed > 0 { return .refused("\(words(counts)); the first refusal: \(counts.firstError)", nil) }
    return .done([
      "seen": .int(counts.seen), "done": .int(counts.done), "changed": .int(counts.changed), "whole": .bool(cursor == "0"),
      "value": .int(counts.changed), "stdout": .text(words(counts).text),
    ])
  }

  private func words(_ counts: Counts) -> SafeText {
    "\(Units.count(counts.done)) keys were sent the command, \(Units.count(counts.changed)) changed, \(Units.count(counts.failed)) refused"
  }

  private func stopped(_ terms: StepTerms, _ began: Moment, _ counts: Counts) -> AttemptEnd? {
    if !terms.isWanted() { return .cancelled(words(counts)) }
    return clock.now().age(since: began) > terms.timeout ? .timedOut(words(counts)) : nil
  }

  private func page(_ client: RedisClient, _ cursor: String) async throws(Failure) -> (String, [[UInt8]]) {
    let kind = type.map { ["TYPE", $0] } ?? []
    let words = [cursor, "MATCH", pattern, "COUNT", "500"] + kind
    let reply = try await client.run([RedisCommand(.scan, list: words.map { Array($0.utf8) })])[0]
    if case .error(let message) = reply { throw RedisFailure.of(message, doing: "SCAN") }
    guard let parts = reply.array, parts.count == 2, let next = parts[0].plain else { throw .garbage("a SCAN reply of another shape") }
    return (next, (parts[1].array ?? []).compactMap(\.bytes))
  }

  private func send(_ keys: ArraySlice<[UInt8]>, _ client: RedisClient, _ permit: Permit, _ counts: inout Counts) async throws(Failure) {
    let commands = keys.map { key in
      // The key's place is an argument of its own; its bytes are not read again.
      RedisCommand(name: each[0].uppercased(), each.dropFirst().map { $0 == "{key}" ? key : Array($0.utf8) })
    }
    for reply in try await client.run(commands) {
      counts.done += 1
      if case .error(let message) = reply {
        counts.failed += 1
        if counts.firstError.isEmpty { counts.firstError = SafeText(escaping: message, limit: 160) }
      } else if reply.integer != 0 {
        counts.changed += 1
      }
    }
  }

  /// In short pieces: a cancel does not wait for the next key.
  private func pause(_ done: Int, _ began: Moment, _ terms: StepTerms) async {
    let due = min(Double(done) / max(perSecond, 0.1), terms.timeout + 0.1)
    while terms.isWanted() {
      let left = due - clock.now().age(since: began)
      guard left > 0 else { return }
      try? await Task.sleep(for: .seconds(min(left, 0.2)))
    }
  }
}
