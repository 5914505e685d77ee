/// Commits that wait for a synchronous standby.
public struct SyncWait: Hashable, Sendable, Codable {
  /// Sessions that wait.
  public let commits: Int
  /// `synchronous_standby_names` as it is set.
  public let standbys: SafeText
  /// Synchronous standbys that are connected; nil where this role may not see them.
  public let connected: Int?

  public init(commits: Int, standbys: SafeText, connected: Int?) {
    self.commits = commits
    self.standbys = standbys
    self.connected = connected
  }

  /// `2 commits wait for a synchronous standby (ghost); none is connected`
  public var words: SafeText {
    let who: SafeText = commits == 1 ? "1 commit waits" : "\(Units.count(commits)) commits wait"
    let names: SafeText = standbys.isEmpty ? "" : " (\(standbys))"
    let state: SafeText =
      switch connected {
      case nil: ""
      case 0?: "; none is connected"
      case 1?: "; 1 is connected and does not confirm"
      case let count?: "; \(count) are connected and do not confirm"
      }
    return "\(who) for a synchronous standby\(names)\(state)"
  }
}
