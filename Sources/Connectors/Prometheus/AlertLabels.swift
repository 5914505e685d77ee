import OpsModel

/// Labels or annotations of an alert: an object of texts.
struct AlertLabels {
  private let pairs: [(name: [UInt8], value: [UInt8])]

  init(_ slice: JSONScan.Slice?) {
    let fields = slice.flatMap { JSONScan.object($0) } ?? [:]
    pairs = fields.sorted { $0.key < $1.key }.prefix(64).compactMap { entry in
      JSONScan.string(entry.value).map { (Array(entry.key.utf8), $0) }
    }
  }

  subscript(name: String) -> SafeText? { pairs.first { $0.name.elementsEqual(name.utf8) }.map { SafeText(bytes: $0.value, limit: 400) } }

  var shown: [AlertState.Label] {
    pairs.map { AlertState.Label(SafeText(bytes: $0.name, limit: 80), SafeText(bytes: $0.value, limit: 400)) }
  }

  /// All of them, in order: what tells one alert from another.
  var key: [UInt8] { Array(pairs.map { $0.name + [0x1F] + $0.value }.joined(separator: [0x1E])) }

  /// What people write there.
  var summary: SafeText? { self["summary"] ?? self["description"] ?? self["message"] }

  static func text(_ slice: JSONScan.Slice?) -> SafeText? { JSONScan.string(slice).map { SafeText(bytes: $0, limit: 400) } }
}
