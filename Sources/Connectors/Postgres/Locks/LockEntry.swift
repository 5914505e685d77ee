import OpsModel

/// One row of `pg_locks` on a lock that somebody waits for.
struct LockEntry: Sendable {
  /// What is locked: all columns that name it.
  struct Tag: Hashable, Sendable {
    let type: String
    let parts: [String]
  }

  /// Nil for a prepared transaction.
  let pid: Int?
  let tag: Tag
  let mode: String
  let isGranted: Bool
  /// The only name of a prepared transaction here: `-1/…`.
  let virtualTransaction: String
  /// Seconds; nil where it has only just begun, or before 14.
  let waited: Double?
  let relation: SafeText?

  init?(_ row: PostgresRow) {
    guard row.count == 16, let type = row.string(1), let mode = row.string(2) else { return nil }
    pid = row.int(0)
    self.mode = mode
    isGranted = row.isTrue(3)
    virtualTransaction = row.string(4) ?? ""
    tag = Tag(type: type, parts: (5...13).map { row.string($0) ?? "" })
    waited = row.age(14)
    relation = row.relation(15)
  }

  init(
    pid: Int?, tag: Tag, mode: String, isGranted: Bool, virtualTransaction: String = "", waited: Double? = nil, relation: SafeText? = nil
  ) {
    self.pid = pid
    self.tag = tag
    self.mode = mode
    self.isGranted = isGranted
    self.virtualTransaction = virtualTransaction
    self.waited = waited
    self.relation = relation
  }

  /// What is locked, as a person says it.
  var object: SafeText {
    let parts = tag.parts.map { SafeText(escaping: $0, limit: 60) }
    let table: SafeText = relation ?? "relation \(parts[1]) of database \(parts[0])"
    switch tag.type {
    case "relation": return table
    case "extend": return "extension of \(table)"
    case "page": return "page \(parts[2]) of \(table)"
    case "tuple": return "row (\(parts[2]),\(parts[3])) of \(table)"
    case "transactionid": return "transaction \(parts[5])"
    case "virtualxid": return "virtual transaction \(parts[4])"
    case "advisory": return "advisory lock \(advisoryKey)"
    default: return "\(SafeText(escaping: tag.type, limit: 20)) \(SafeText.join(parts.filter { !$0.isEmpty }, "."))"
    }
  }

  /// One bigint, or two ints: the last column tells which.
  private var advisoryKey: SafeText {
    let high = UInt64(tag.parts[6]) ?? 0
    let low = UInt64(tag.parts[7]) ?? 0
    if tag.parts[8] == "2" { return "(\(Int32(truncatingIfNeeded: high)), \(Int32(truncatingIfNeeded: low)))" }
    return "\(Int64(bitPattern: high << 32 | low))"
  }

  /// Which modes a mode excludes (the conflict table of the server's manual, "Explicit Locking").
  private static let order = [
    "AccessShareLock", "RowShareLock", "RowExclusiveLock", "ShareUpdateExclusiveLock", "ShareLock", "ShareRowExclusiveLock",
    "ExclusiveLock", "AccessExclusiveLock",
  ]
  private static let excluded: [[Int]] = [
    [7], [6, 7], [4, 5, 6, 7], [3, 4, 5, 6, 7], [2, 3, 5, 6, 7], [2, 3, 4, 5, 6, 7], [1, 2, 3, 4, 5, 6, 7], [0, 1, 2, 3, 4, 5, 6, 7],
  ]

  private static let exclusions: [String: Set<String>] = Dictionary(
    uniqueKeysWithValues: order.indices.map { (order[$0], Set(excluded[$0].map { order[$0] })) })

  /// Whether this lock, held, keeps out one in `mode`. A mode that is not known is taken to.
  func excludes(_ mode: String) -> Bool {
    guard let excluded = Self.exclusions[self.mode], Self.exclusions[mode] != nil else { return true }
    return excluded.contains(mode)
  }
}
