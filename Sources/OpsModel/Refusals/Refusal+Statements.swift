/// Refusals about sessions and statements of a database.
extension Refusal {
  public static func tooManySessions(_ count: Int, limit: Int) -> Refusal {
    Refusal(
      "\(Units.count(count)) sessions are too many to signal at once; the limit is \(limit)", instead: "end one root blocker after another")
  }

  public static func noSession(_ word: SafeText) -> Refusal {
    Refusal("\(word) does not name a session", instead: "write PID@BACKEND_START, with @QUERY_START to cancel", exitCode: 64)
  }

  public static let copyIsNotSpoken = Refusal("OpsConsole does not speak COPY", instead: "use psql", exitCode: 64)

  public static let unlistedStatement = Refusal(
    "no statement with this query_id is in the statistics", instead: "list them with: opsconsole queries statements SOURCE", exitCode: 64)

  /// A statement that is not planned, or not run to be measured.
  /// - Parameters:
  ///   - why: the reason, beginning with its subject.
  ///   - instead: nil where nothing can be planned in its place.
  public static func statement(_ why: SafeText, instead: SafeText? = nil) -> Refusal { Refusal(why, instead: instead, exitCode: 64) }

  /// A statement that would be run to be measured and is not known to be harmless.
  public static func measuring(_ why: SafeText) -> Refusal {
    Refusal("\(why), so ANALYZE does not run it", instead: "EXPLAIN without ANALYZE shows its plan", exitCode: 64)
  }

  /// A statement that is not even planned: the planner runs functions that are not volatile.
  public static func planning(_ why: SafeText) -> Refusal {
    Refusal("\(why); planning may run it with this account's rights", instead: "run EXPLAIN yourself if you trust it", exitCode: 64)
  }

  /// The server's parser or planner did not take a text that was given to be explained: the text is at fault, not the server.
  public static func rejected(_ code: SafeText, _ message: SafeText, instead: SafeText) -> Refusal {
    Refusal("PostgreSQL rejects the statement: \(code) \(message)", instead: instead, exitCode: 64)
  }
}
