import OpsModel
import Synchronization

/// Keeps the arranged rows of a table from one frame to the next: moving a cursor over thousands of rows must not sort them again.
public final class ArrangementCache: Sendable {
  private struct Key: Equatable {
    let table: ObjectIdentifier
    let revision: Int
    let follows: Int
    /// Zero for tables that show no alerts and suspects.
    let judged: Int
    /// Zero for tables that do not tell who was asked.
    let asked: Int
    let sort: SortOrder?
    let filter: Filter
    let mode: Int
  }

  /// The last few arrangements; a screen shows one or two tables.
  static let limit = 4

  private let kept = Mutex<[(key: Key, rows: any Sendable)]>([])

  public init() {}

  /// - Parameter tellsAsking: the table shows how long ago a source was asked.
  /// - Returns: the rows as they were arranged for this view, order and filter, or as `arrange` makes them.
  public func rows<Row: Sendable>(
    of table: Any.Type, _ state: TableState, _ context: PanelContext, tellsAsking: Bool = true, tellsVerdicts: Bool = true,
    _ arrange: () -> [Row]
  ) -> [Row] {
    let key = Key(
      table: ObjectIdentifier(table), revision: context.view.revision, follows: context.view.follows,
      judged: tellsVerdicts ? context.view.judged : 0,
      asked: tellsAsking ? context.view.asked : 0, sort: state.sort,
      filter: state.filter,
      mode: state.mode)
    if let found = kept.withLock({ $0.first { $0.key == key }?.rows }) as? [Row] { return found }
    let rows = arrange()
    kept.withLock { kept in
      // What was arranged of earlier numbers is never asked for again, and may be thousands of rows.
      kept.removeAll { $0.key.table == key.table && $0.key.sort == key.sort && $0.key.filter == key.filter && $0.key.mode == key.mode }
      kept.insert((key, rows), at: 0)
      if kept.count > Self.limit { kept.removeLast() }
    }
    return rows
  }
}
