import Canvas
import Testing

/// One recorded screen: which panel, at which size and look, after which keys, in which state of its sources.
struct GoldenCase: Sendable, CustomTestStringConvertible {
  let name: String
  let columns: Int
  let rows: Int
  var look = Look.colours256
  var keys: [Key] = []
  var state = "fresh"

  var size: Size { Size(columns: columns, rows: rows) }
  var isHostile: Bool { state == "hostile" }
  var testDescription: String { "\(name) \(columns)×\(rows) \(look.rawValue) \(state)" }
  /// Its place in the folder of golden screens: one folder a panel.
  var path: String { "\(name)/\(columns)x\(rows)-\(look.rawValue)-\(state).txt" }

  /// The sizes and looks in which every panel is recorded.
  static func sizes(_ name: String, _ keys: [Key] = [], large: Size = Size(columns: 120, rows: 40)) -> [GoldenCase] {
    [
      GoldenCase(name: name, columns: 80, rows: 24, keys: keys),
      GoldenCase(name: name, columns: large.columns, rows: large.rows, keys: keys),
      GoldenCase(name: name, columns: 40, rows: 12, keys: keys),
      GoldenCase(name: name, columns: 80, rows: 24, look: .ascii, keys: keys),
    ]
  }

  /// A panel at the usual size in another state of its sources.
  static func state(_ state: String, _ name: String, _ keys: [Key] = []) -> GoldenCase {
    GoldenCase(name: name, columns: 80, rows: 24, keys: keys, state: state)
  }

  /// The usual sizes, and the usual size with hostile text.
  static func sizesAndHostile(_ name: String, _ keys: [Key] = [], large: Size = Size(columns: 120, rows: 40)) -> [GoldenCase] {
    sizes(name, keys, large: large) + [state("hostile", name, keys)]
  }

  /// The cases of every suite, so that a file that no case compares with is found.
  @MainActor static var all: [GoldenCase] {
    GoldenTests.cases + GoldenDeadLetterTests.cases + GoldenDatabaseTests.cases + GoldenRuntimeTests.cases
      + GoldenIncidentTests.cases + GoldenWallTests.cases + GoldenRunbookTests.cases
  }
}
