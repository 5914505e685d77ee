import OpsModel

/// A processor profile (`Profiler.stop`): where time was spent by itself, function by function.
struct NodeProfile {
  struct Spot {
    let name: SafeText
    let share: Double
  }

  private(set) var spots: [Spot] = []

  /// - Parameter result: `{"profile":{"nodes":[{"id","callFrame":{"functionName","url","lineNumber"},"hitCount"}…]}}`
  init(_ result: [UInt8]) {
    let nodes = JSONScan.object(result)?["profile"].flatMap { JSONScan.object($0) }?["nodes"].flatMap { JSONScan.array($0) } ?? []
    var hits: [String: Double] = [:]
    for slice in nodes.prefix(20_000) {
      guard let node = JSONScan.object(slice), let count = JSONScan.number(node["hitCount"]), count > 0,
        let frame = node["callFrame"].flatMap({ JSONScan.object($0) })
      else { continue }
      func text(_ key: String) -> String { JSONScan.string(frame[key]).map { String(decoding: $0, as: UTF8.self) } ?? "" }
      let name = text("functionName")
      let file = text("url").split(separator: "/").last.map(String.init) ?? ""
      let line = JSONScan.number(frame["lineNumber"]).map { Int(clamped: $0) + 1 } ?? 0
      hits["\(name.isEmpty ? "(anonymous)" : name)\(file.isEmpty ? "" : " \(file):\(line)")", default: 0] += count
    }
    let total = hits.values.reduce(0, +)
    guard total > 0 else { return }
    spots = hits.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(15).map {
      Spot(name: SafeText(escaping: $0.key, limit: 120), share: $0.value / total)
    }
  }
}
