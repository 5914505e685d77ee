/// Something about a table or an index that is worth a look in calm hours.
public struct TableFinding: Hashable, Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    case invalid
    case missingForForeignKey = "missing-for-fk"
    case duplicate, unused, bloat
    case overdueVacuum = "overdue-vacuum"
    case freeze, sequence
    case scanned = "seq-scans"

    public var title: SafeText {
      switch self {
      case .invalid: "invalid index"
      case .missingForForeignKey: "foreign key without index"
      case .duplicate: "duplicate index"
      case .unused: "unused index"
      case .bloat: "bloat, estimated"
      case .overdueVacuum: "vacuum overdue"
      case .freeze: "oldest tables"
      case .sequence: "sequence near its end"
      case .scanned: "large sequential scans"
      }
    }
  }

  public let id: ResourceID
  public let kind: Kind
  public let table: SafeText
  public let object: SafeText
  /// Bytes, by pages and without a lock.
  public let size: Double?
  public let evidence: SafeText

  public init(source: SafeText, kind: Kind, table: SafeText, object: SafeText, size: Double?, evidence: SafeText) {
    id = ResourceID(source: source, kind: .finding, key: "\(kind.rawValue)\u{0}\(table.text)\u{0}\(object.text)")
    self.kind = kind
    self.table = table
    self.object = object
    self.size = size
    self.evidence = evidence
  }
}

/// What was found, and which of the questions could not be answered.
public struct TableFindings: Sendable {
  public let source: SafeText
  public let at: Moment
  public var list: [TableFinding] = []
  public var notices: [Notice] = []

  public init(source: SafeText, at: Moment) {
    self.source = source
    self.at = at
  }
}

/// A connector that can look at tables and indexes on demand.
public protocol TableExaminer: Connector {
  func examineTables() async throws(Failure) -> TableFindings
}
