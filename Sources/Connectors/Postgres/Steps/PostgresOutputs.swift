import OpsModel

/// What rows tell a runbook: each cell as `rows_0_name`, all of them as `rows`, their number, and `value` where there is one cell.
enum PostgresOutputs {
  /// Rows that are handed on.
  static let most = 200

  static func outputs(_ result: PostgresTable) -> [String: RunValue] {
    var out: [String: RunValue] = ["count": .int(result.rows.count), "affected": .int(result.affected ?? 0)]
    var rows: [RunValue] = []
    for (index, row) in result.rows.prefix(most).enumerated() {
      var cells: [String: RunValue] = [:]
      for (column, name) in result.names.enumerated() {
        let value = value(row[column], type: result.types[column])
        cells[name] = value
        if index < 20 { out["rows_\(index)_\(name)"] = value }
      }
      rows.append(.map(cells))
    }
    out["rows"] = .list(rows)
    if result.rows.count == 1, result.names.count == 1 { out["value"] = out["rows_0_\(result.names[0])"] }
    out["stdout"] = .text(text(result))
    return out
  }

  /// Tab-separated, as a person wants it in the output of a step.
  private static func text(_ result: PostgresTable) -> String {
    guard !result.names.isEmpty else { return result.affected.map { "\($0) rows\n" } ?? "" }
    let lines = result.rows.prefix(most).map { row in
      result.names.indices.map { row.string($0) ?? "" }.joined(separator: "\t")
    }
    let more = result.rows.count > most ? ["… \(result.rows.count - most) rows more"] : []
    return ([result.names.joined(separator: "\t")] + lines + more).joined(separator: "\n") + "\n"
  }

  /// By the type's number in the catalogue, which is the same on every server.
  private static func value(_ bytes: [UInt8]?, type: UInt32) -> RunValue {
    guard let bytes else { return .null }
    let text = String(decoding: bytes, as: UTF8.self)
    switch type {
    case 16: return .bool(text == "t")
    case 20, 21, 23, 26: return Int(text).map { .int($0) } ?? .text(text)
    case 700, 701, 1700: return Double(text).flatMap { $0.isFinite ? .number($0) : nil } ?? .text(text)
    default: return .text(text)
    }
  }
}
