import OpsModel

/// One row as text, column by column.
struct PostgresRow {
  private let values: [[UInt8]?]

  init(_ values: [[UInt8]?]) { self.values = values }

  var count: Int { values.count }

  /// The bytes of a column; nil for NULL, and for a column that is not there.
  subscript(column: Int) -> [UInt8]? { column < values.count ? values[column] : nil }

  func string(_ column: Int) -> String? { self[column].map { String(decoding: $0, as: UTF8.self) } }
  func text(_ column: Int, _ limit: Int = 200) -> SafeText? { self[column].map { SafeText(bytes: $0, limit: limit) } }
  /// A relation as the server writes it while no schema but its own is searched: `public.` is what everybody means anyway.
  func relation(_ column: Int) -> SafeText? {
    self[column].map { SafeText(bytes: $0.starts(with: Array("public.".utf8)) ? $0.dropFirst(7) : $0[...], limit: 130) }
  }
  func number(_ column: Int) -> Double? { string(column).flatMap { Double($0) } }
  func int(_ column: Int) -> Int? { string(column).flatMap { Int($0) } }
  /// Seconds that have passed; clocks of two reads may disagree by a hair.
  func age(_ column: Int) -> Double? { number(column).map { max(0, $0) } }
  func isTrue(_ column: Int) -> Bool { self[column] == [UInt8(ascii: "t")] }
}
