import Canvas
public import OpsModel

/// A table of rows with identities: arranges, moves the cursor, draws.
public struct Table<Row: Sendable>: Sendable {
  public let columns: [TableColumn<Row>]
  public let defaultSort: SortOrder
  public let id: @Sendable (Row) -> ResourceID
  /// Rows of a source that is not fresh are dimmed.
  public let isDimmed: @Sendable (Row, PanelContext) -> Bool

  public init(
    columns: [TableColumn<Row>], defaultSort: SortOrder, id: @escaping @Sendable (Row) -> ResourceID,
    isDimmed: @escaping @Sendable (Row, PanelContext) -> Bool = { _, _ in false }
  ) {
    self.columns = columns
    self.defaultSort = defaultSort
    self.id = id
    self.isDimmed = isDimmed
  }

  public var filterFields: [FilterField] { columns.map { FilterField($0.id, $0.shape, aliases: $0.aliases) } }
  public var sortable: [SortChoice] { columns.map { SortChoice(column: $0.id, title: $0.title) } }

  /// The rows that match the filter, in order. Unknown values come last whatever the direction; equal ones keep the order of identity.
  public func arranged(_ rows: [Row], _ state: TableState, _ context: PanelContext) -> [Row] {
    let order = state.sort ?? defaultSort
    let column = columns.first { $0.id == order.column }
    let shown = state.filter.isEmpty ? rows : rows.filter { isShown($0, state, context) }
    let key = column?.rank ?? column?.value
    let keys = shown.map { key?($0, context) ?? .unknown }
    return SortedIndices.of(keys, ids: shown.map(id), descending: order.isDescending).map { shown[$0] }
  }

  private func value(_ field: String, _ row: Row, _ context: PanelContext) -> FilterValue {
    columns.first { $0.id == field }?.value(row, context) ?? .unknown
  }

  /// The row under the cursor; nil where there is none, or where the row that was selected is gone.
  public func selected(_ rows: [Row], _ state: TableState) -> Row? { index(of: state, in: rows).map { rows[$0] } }

  /// Where the row under the cursor is. Most likely it is on the screen: the search begins there, and not at the first of thousands.
  func index(of state: TableState, in rows: [Row]) -> Int? {
    guard let cursor = state.cursor else { return nil }
    let top = min(max(0, state.top), rows.count)
    for place in top..<rows.count where id(rows[place]) == cursor { return place }
    for place in 0..<top where id(rows[place]) == cursor { return place }
    return nil
  }

  /// Whether the filter lets a row through.
  public func isShown(_ row: Row, _ state: TableState, _ context: PanelContext) -> Bool {
    state.filter.isEmpty || state.filter.matches(filterFields) { value($0, row, context) }
  }

  /// - Parameter rows: arranged.
  /// - Parameter page: rows that fit the screen.
  public func reduce(_ command: CommandID, _ state: inout TableState, _ rows: [Row], page: Int) {
    let index = index(of: state, in: rows)
    if command == TableCommands.reverse {
      var order = state.sort ?? defaultSort
      order.isDescending.toggle()
      state.sort = order
      return
    }
    guard !rows.isEmpty else { return }
    let here = index ?? 0
    let step = max(1, page - 1)
    let next: Int? =
      switch command {
      case TableCommands.up: index == nil ? 0 : here - 1
      case TableCommands.down: index == nil ? 0 : here + 1
      case TableCommands.pageUp: here - step
      case TableCommands.pageDown: here + step
      case TableCommands.first: 0
      case TableCommands.last: rows.count - 1
      case .settle: state.cursor == nil ? 0 : nil
      case .refocus: index == nil ? 0 : nil
      default: nil
      }
    guard let next else { return }
    let clamped = min(max(0, next), rows.count - 1)
    state.cursor = id(rows[clamped])
    state.top = Self.top(showing: clamped, from: state.top, of: rows.count, page: page)
  }

  /// The first row to show so that `index` can be seen and the table moves as little as possible.
  static func top(showing index: Int?, from top: Int, of count: Int, page: Int) -> Int {
    var top = min(max(0, top), max(0, count - page))
    if let index {
      if index < top { top = index }
      if index >= top + page { top = index - page + 1 }
    }
    return max(0, top)
  }
}

extension CommandID {
  /// Sent before a table is drawn, so that the first row is selected by identity and not by place.
  static let settle: CommandID = "table.settle"
  /// Sent when the filter changed: where the selected row is filtered out, the first that is shown is selected.
  static let refocus: CommandID = "table.refocus"
}
