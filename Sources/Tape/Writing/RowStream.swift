import OpsModel

/// Decides how the rows of one part are written: all of them, those that changed, or nothing.
struct RowStream<Row: AgeingRow> {
  /// The first look of each such stretch, in seconds, is written whole where anything changed since: older times keep only these.
  static var keyEvery: Double { TapeSettings.middleStep }

  /// Rows as they were written, and when.
  private var last: [Row]?
  private var times: [Double] = []
  private var changed = 0
  private var keyAt = -Double.infinity
  private var lastAt = -Double.infinity

  /// - Returns: nil where nothing changed but ages.
  mutating func next(_ rows: [Row], at: Double, _ encoder: TapeEncoder) throws -> (isKey: Bool, data: [UInt8])? {
    // A clock that was set back would put a change before what it changes.
    guard let before = last, at > lastAt, Self.areTheSameThings(before, rows) else { return try key(rows, at, encoder) }
    defer { lastAt = at }
    var places: [Int] = []
    for place in rows.indices where !rows[place].isSame(as: before[place], aged: at - times[place]) { places.append(place) }
    changed += places.count
    let isNewStretch = (at / Self.keyEvery).rounded(.down) > (keyAt / Self.keyEvery).rounded(.down)
    if changed > rows.count || (isNewStretch && changed > 0) { return try key(rows, at, encoder) }
    guard !places.isEmpty else { return nil }
    for place in places {
      last?[place] = rows[place]
      times[place] = at
    }
    return (false, try encoder.encode(RowDelta(changes: places.map { .init(place: $0, row: rows[$0]) })))
  }

  private static func areTheSameThings(_ before: [Row], _ rows: [Row]) -> Bool {
    guard before.count == rows.count else { return false }
    for place in rows.indices where before[place].id != rows[place].id { return false }
    return true
  }

  /// The next frame is written whole.
  mutating func begin() { if last != nil { last = [] } }

  private mutating func key(_ rows: [Row], _ at: Double, _ encoder: TapeEncoder) throws -> (isKey: Bool, data: [UInt8])? {
    // A part that never had anything is not written.
    if rows.isEmpty && last == nil { return nil }
    last = rows
    times = [Double](repeating: at, count: rows.count)
    lastAt = at
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
