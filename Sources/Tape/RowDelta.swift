import OpsModel

/// Rows that changed since the frame before, by their place; used only while the same things stand in the same order.
struct RowDelta<Row: Codable>: Codable {
  struct Change: Codable {
    let place: Int
    let row: Row
  }

  let changes: [Change]

  /// - Throws: `TapeProblem.damaged` where it does not fit.
  func apply(to rows: inout [Row], _ times: inout [Double], at: Double) throws {
    for change in changes {
      guard rows.indices.contains(change.place) else { throw TapeProblem.damaged("a change belongs to no row") }
      rows[change.place] = change.row
      times[change.place] = at
    }
  }
}
