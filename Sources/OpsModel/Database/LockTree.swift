/// Who holds up whom on a database server, as a tree with the root blockers on top.
public struct LockTree: Sendable, Codable {
  /// In the order of the tree: a root, those that wait for it below it, then the next root. Roots that cause more waiting come first.
  public var rows: [LockRow] = []
  /// Sessions and prepared transactions that wait for nobody and hold up others.
  public var roots = 0
  /// Sessions that wait.
  public var waiters = 0
  /// Rows that were left out, since nobody reads thousands.
  public var cut = 0
  public var notices: [Notice] = []

  public init() {}

  /// The root above a row.
  public func root(of row: LockRow) -> LockRow? {
    guard let place = rows.firstIndex(where: { $0.id == row.id }) else { return nil }
    return rows[...place].last { $0.depth == 0 }
  }
}

/// One line of the tree.
public struct LockRow: Hashable, Sendable, Codable {
  public enum Kind: String, Sendable, Codable {
    /// Waits for nobody and holds up others.
    case root
    /// Waits.
    case waiter
    /// Stands for several waiters of one lock.
    case queue
    /// A prepared transaction: nobody's session.
    case prepared
    /// Heads sessions that wait for each other.
    case cycle
  }

  public let id: ResourceID
  public let kind: Kind
  public var depth = 0
  public var pid: Int?
  /// The identity of its session, where it is one that the activity shows.
  public var session: ResourceID?
  public var application: SafeText?
  public var user: SafeText?
  public var state: SafeText?
  /// What it waits for, and in which mode.
  public var waitsFor: SafeText?
  public var mode: SafeText?
  /// What it holds that others wait for.
  public var holds: SafeText?
  /// Seconds it has waited; nil where the server does not tell.
  public var waited: Double?
  /// Seconds its transaction has been open.
  public var transactionAge: Double?
  /// Sessions behind it, directly or through others.
  public var victims = 0
  /// Seconds that all of them have waited together.
  public var suffering = 0.0
  /// It is only behind in the queue: what it waits for is not held by the row above, but wanted before.
  public var isSoft = false
  /// How many lines it stands for.
  public var count = 1
  /// What helps, and why.
  public var remedy: SafeText?
  public var query: SafeText?

  public init(id: ResourceID, kind: Kind) {
    self.id = id
    self.kind = kind
  }
}
