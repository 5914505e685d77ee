import Console
import OpsModel

/// Dead letters that were looked for.
struct DeadListing: Sendable {
  var letters: [DeadLetter] = []
  var progress = DeadProgress(total: 0)

  static func read(_ store: any DeadLetterStore, _ selection: DeadSelection, limit: Int, now: Double) async throws(Failure) -> DeadListing {
    var listing = DeadListing()
    let walk = DeadLetterWalk(store: store, scopes: try await selection.scopes(of: store).map(\.key))
    var found: [DeadLetter] = []
    let progress = try await walk.run(first: min(limit, DeadLetterWalk.page)) { letters, _ in
      for letter in letters where selection.holds(letter, now: now) && found.count < limit { found.append(letter) }
      return found.count < limit
    }
    listing.letters = found
    listing.progress = progress
    return listing
  }

  static func json(_ letter: DeadLetter) -> JSONText { .object(fields(letter)) }

  /// One line of an export: it says itself where it is from.
  static func line(_ letter: DeadLetter, of source: SafeText, in owner: DataOwner) -> JSONText {
    let origin: [(StaticString, JSONText)] = [
      ("environment", .text(SafeText(escaping: owner.environment.rawValue))), ("label", .text(owner.label)), ("source", .text(source)),
    ]
    return .object(origin + fields(letter))
  }

  private static func fields(_ letter: DeadLetter) -> [(StaticString, JSONText)] {
    [
      ("id", .text(letter.name)), ("queue", .text(letter.queue)), ("task", .optional(letter.task)),
      ("error_type", .optional(letter.errorType)), ("message", .optional(letter.message)), ("arguments", .optional(letter.arguments)),
      ("failed_at", .optional(letter.failedAt.map { Calendar.stamp($0) })), ("failed_at_unix", .optional(letter.failedAt)),
      ("created_at", .optional(letter.createdAt.map { Calendar.stamp($0) })),
      ("expires_at", .optional(letter.expiresAt.map { Calendar.stamp($0) })), ("attempts", .optional(letter.attempts)),
      ("attempt_limit", .optional(letter.attemptLimit)), ("size_bytes", .optional(letter.size)), ("can_retry", .bool(letter.whyNot == nil)),
      ("why_not", .optional(letter.whyNot)),
    ]
  }

  func json(_ source: SafeText, at now: Moment) -> JSONText {
    .object([
      ("schema", .int(1)), ("at", .text(Calendar.stamp(now.unix))), ("source", .text(source)), ("total", .int(progress.total)),
      ("seen", .int(progress.seen)), ("letters", .array(letters.map(Self.json))),
    ])
  }

  func lines(now: Double) -> [SafeText] {
    let rows = letters.map { letter -> [SafeText] in
      let error = SafeText.join([letter.errorType, letter.message].compactMap { $0 }, ": ")
      return [
        letter.failedAt.map { Units.age(max(0, now - $0)) } ?? "—", letter.name, letter.queue, letter.task ?? "—",
        letter.attempts.map { "\($0)" } ?? "—",
        letter.whyNot.map { "cannot be retried: \($0)" } ?? (error.isEmpty ? "—" : error.prefix(100)),
      ]
    }
    let foot: SafeText = "\(Units.count(letters.count)) shown of \(Units.count(progress.total))"
    return SnapshotTable.table(["AGE", "ID", "QUEUE", "TASK", "TRIES", "ERROR"], rows) + [foot]
  }
}
