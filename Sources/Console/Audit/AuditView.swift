public import OpsModel

/// The audit log as it was last read.
public struct AuditView: Sendable {
  public let path: SafeText
  public let at: Moment
  /// Newest first.
  public let rows: [AuditRow]
  /// Records in the file.
  public let count: Int
  /// The first record that does not hold; nil where the chain is whole.
  public let brokenAt: Int?
  /// Sentences about operations of which nobody knows what became.
  public let open: [SafeText]
  /// Why it could not be read.
  public let problem: SafeText?

  /// Records that are kept for the list.
  public static let limit = 2_000

  public init(
    path: SafeText, at: Moment, rows: [AuditRow] = [], count: Int = 0, brokenAt: Int? = nil, open: [SafeText] = [], problem: SafeText? = nil
  ) {
    self.path = path
    self.at = at
    self.rows = rows
    self.count = count
    self.brokenAt = brokenAt
    self.open = open
    self.problem = problem
  }
}

/// One record, as it is shown.
public struct AuditRow: Sendable {
  public let sequence: Int
  public let at: SafeText
  public let phase: SafeText
  public let action: SafeText
  public let target: SafeText
  public let operation: SafeText
  public let who: SafeText
  public let what: SafeText
  /// Every field that holds something, in the order of the file.
  public let fields: [(name: SafeText, value: SafeText)]

  public var id: ResourceID { ResourceID(source: "audit", kind: .record, key: "\(sequence)") }

  public init(
    sequence: Int, at: SafeText, phase: SafeText, action: SafeText, target: SafeText, operation: SafeText, who: SafeText, what: SafeText,
    fields: [(name: SafeText, value: SafeText)]
  ) {
    self.sequence = sequence
    self.at = at
    self.phase = phase
    self.action = action
    self.target = target
    self.operation = operation
    self.who = who
    self.what = what
    self.fields = fields
  }
}
