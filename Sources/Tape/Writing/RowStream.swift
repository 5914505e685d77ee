import OpsModel

/// Decides how the rows of one part are written: all of them, those that changed, or nothing.
struct RowStream<Row: Codable & Hashable> {
  /// A frame with all rows comes at least so often, in seconds, where anything changed: older times keep only these.
  static var keyEvery: Double { 60 }

  private let id: (Row) -> ResourceID
  private var last: [Row]?
  private var changed = 0
  private var keyAt = -Double.infinity

  init(_ id: @escaping (Row) -> ResourceID) { self.id = id }

  /// - Returns: nil where nothing changed.
  mutating func next(_ rows: [Row], at: Double, _ encoder: TapeEncoder) throws -> (isKey: Bool, data: [UInt8])? {
    guard let before = last, before.count == rows.count, zip(before, rows).allSatisfy({ id($0) == id($1) }) else {
      return try key(rows, at, encoder)
    }
    let places = rows.indices.filter { rows[$0] != before[$0] }
    guard !places.isEmpty else { return nil }
    changed += places.count
    if changed > rows.count || at - keyAt >= Self.keyEvery { return try key(rows, at, encoder) }
    last = rows
    return (false, try encoder.encode(RowDelta(changes: places.map { .init(place: $0, row: rows[$0]) })))
  }

  private mutating func key(_ rows: [Row], _ at: Double, _ encoder: TapeEncoder) throws -> (isKey: Bool, data: [UInt8])? {
    // A part that never had anything is not written.
    if rows.isEmpty && last == nil { return nil }
    last = rows
    changed = 0
    keyAt = at
    return (true, try encoder.encode(rows))
  }
}

/// The same for a part that is one value.
struct ValueStream {
  private var last: [UInt8]?

  mutating func next<Value: Encodable>(_ value: Value?, _ encoder: TapeEncoder) throws -> (isKey: Bool, data: [UInt8])? {
    guard let value else {
      defer { last = nil }
      return last == nil ? nil : (true, [])
    }
    let data = try encoder.encode(value)
    guard data != last else { return nil }
    last = data
    return (true, data)
  }
}
