public import OpsModel
public import StrictYAML

/// What a run is given by the operator.
public struct Parameter: Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    case string, int, float, bool, `enum`, duration, bytes, host, hosts, queue
    case taskIDs = "task_ids"
    case pgPID = "pg_pid"
    case urlPath = "url_path"

    /// What its value is in expressions.
    public var value: ValueKind {
      switch self {
      case .string, .enum, .host, .queue, .urlPath: .text
      case .int, .bytes, .pgPID: .int
      case .float, .duration: .number
      case .bool: .bool
      case .hosts, .taskIDs: .list
      }
    }
  }

  public let name: String
  public let kind: Kind
  public internal(set) var isRequired = false
  public internal(set) var fallback: RunValue?
  /// Of numbers, seconds and bytes.
  public internal(set) var least: Double?
  public internal(set) var most: Double?
  public internal(set) var choices: [String] = []
  public internal(set) var pattern: LinearPattern?
  /// Characters of a text.
  public internal(set) var longest = 256
  public internal(set) var allowsLeadingDash = false
  /// Not shown, not logged, not in the journal.
  public internal(set) var isSensitive = false
  public internal(set) var question: SafeText?
  /// A live list to pick from: `pg.blockers`, `inventory:web`.
  public internal(set) var source: String?
  public let mark: YAMLNode.Mark

  init(name: String, kind: Kind, mark: YAMLNode.Mark) {
    self.name = name
    self.kind = kind
    self.mark = mark
  }
}
