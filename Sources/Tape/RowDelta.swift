import OpsModel

/// Rows that changed since the frame before, by their place; used only while the same things stand in the same order.
struct RowDelta<Row: Codable>: Codable {
  struct Change: Codable {
    let place: Int
    let row: Row
  }

  let changes: [Change]

  /// - Throws: `TapeProblem.damaged` where it does not fit.
  func applied(to rows: [Row]) throws -> [Row] {
    var out = rows
    for change in changes {
      guard out.indices.contains(change.place) else { throw TapeProblem.damaged("a change belongs to no row") }
      out[change.place] = change.row
    }
    return out
  }
}
