/// A session, or the statement it runs, as an action names it: never by pid alone, since pids come again.
///
/// The key is `pid backend_start`, for a statement with a zero byte and `query_start` behind it: the timestamps exactly as the server
/// printed them, to the microsecond.
public struct SessionTarget: Hashable, Sendable {
  public let pid: Int
  public let started: String
  /// Nil where the session is meant, whatever it runs.
  public let queryStarted: String?

  public init(pid: Int, started: String, queryStarted: String? = nil) {
    self.pid = pid
    self.started = started
    self.queryStarted = queryStarted
  }

  /// Of a session as it was seen; nil where it was not seen whole.
  public init?(_ session: SessionState, statement: Bool) {
    guard let started = session.startedAt else { return nil }
    guard !statement || session.queryStartedAt != nil else { return nil }
    self.init(pid: session.pid, started: started.text, queryStarted: statement ? session.queryStartedAt?.text : nil)
  }

  public init?(key: [UInt8]) {
    let parts = key.split(separator: 0, maxSplits: 1).map { String(decoding: $0, as: UTF8.self) }
    guard let first = parts.first, let blank = first.firstIndex(of: " "), let pid = Int(first[..<blank]) else { return nil }
    self.init(pid: pid, started: String(first[first.index(after: blank)...]), queryStarted: parts.count > 1 ? parts[1] : nil)
  }

  /// As scripts write it: `pid@backend_start`, `pid@backend_start@query_start`.
  public init?(word: String) {
    let parts = word.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2 || parts.count == 3, let pid = Int(parts[0]), !parts[1].isEmpty, parts.count == 2 || !parts[2].isEmpty else {
      return nil
    }
    self.init(pid: pid, started: parts[1], queryStarted: parts.count == 3 ? parts[2] : nil)
  }

  public var word: SafeText { SafeText(escaping: "\(pid)@\(started)" + (queryStarted.map { "@\($0)" } ?? ""), limit: 120) }

  public var target: Target {
    let key = Array("\(pid) \(started)".utf8) + (queryStarted.map { [0] + Array($0.utf8) } ?? [])
    return Target(scope: Array((queryStarted == nil ? "session" : "statement").utf8), key: key, version: Version(of: key))
  }
}
