/// Which series of a metric are meant.
struct MetricSelector: Hashable, Sendable {
  enum Match: Hashable, Sendable {
    case equals(String)
    case begins(String)
    case exists
    /// Holds none of these words.
    case lacks([String])
    /// Holds one of these words.
    case holds([String])
  }

  struct Label: Hashable, Sendable {
    let name: String
    let match: Match
  }

  /// Without the prefix that an application may have put before all of its metrics.
  let name: String
  let labels: [Label]
  /// Only values above this count: `-1` stands for "no limit" in some of them.
  let above: Double?
  let below: Double?

  init(_ name: String, _ labels: [(String, Match)] = [], above: Double? = nil, below: Double? = nil) {
    self.name = name
    self.labels = labels.map { Label(name: $0.0, match: $0.1) }
    self.above = above
    self.below = below
  }

  func takes(_ sample: MetricSample) -> Bool {
    if let above, sample.value <= above { return false }
    if let below, sample.value >= below { return false }
    return labels.allSatisfy { label in
      let value = sample.label(label.name) ?? ""
      switch label.match {
      case .equals(let wanted): return value == wanted
      case .begins(let start): return value.hasPrefix(start)
      case .exists: return !value.isEmpty
      case .holds(let words): return words.contains { value.contains($0) }
      case .lacks(let words): return !words.contains { value.contains($0) }
      }
    }
  }
}

/// One sample of an exposition.
struct MetricSample: Sendable {
  let name: String
  let labels: [(name: String, value: String)]
  let value: Double

  func label(_ name: String) -> String? { labels.first { $0.name == name }?.value }
}
