import OpsModel

/// Reckons expressions from scrape to scrape. Rates are over the window of `CounterWindow`, by our own clock.
struct ScrapeEvaluator {
  private let length: Double
  private var samples: [String: [MetricSample]] = [:]
  private var windows: [String: CounterWindow] = [:]
  private var lastAt: Double?
  private var startTime: Double?

  /// - Parameter interval: seconds between scrapes.
  init(interval: Double) { length = max(15, interval * 4) }

  /// Takes a scrape.
  /// - Parameters:
  ///   - found: samples by the name that rules know.
  ///   - startTime: when the process began, if it tells.
  mutating func update(_ found: [String: [MetricSample]], counters: Set<String>, startTime: Double?, at now: Double) {
    let isAnother = startTime != nil && self.startTime != nil && startTime != self.startTime
    // After three missed scrapes nobody knows what lay between.
    let isLate = lastAt.map { now - $0 > length } ?? false
    var next: [String: CounterWindow] = [:]
    var once: [String: [MetricSample]] = [:]
    for (name, all) in found {
      var seen: Set<String> = []
      for sample in all {
        let key = Self.key(sample)
        // A series that stands there twice is read once.
        guard seen.insert(key).inserted else { continue }
        once[name, default: []].append(sample)
        guard counters.contains(name) else { continue }
        var window = windows[key] ?? CounterWindow(length: length)
        if isAnother || isLate { window.restarted() }
        window.add(sample.value, at: now)
        next[key] = window
      }
    }
    samples = once
    windows = next
    lastAt = now
    self.startTime = startTime ?? self.startTime
  }

  private static func key(_ sample: MetricSample) -> String {
    sample.name + "{" + sample.labels.map { "\($0.name)=\($0.value)" }.sorted().joined(separator: "\u{1f}")
  }

  func matching(_ selector: MetricSelector) -> [MetricSample] {
    (samples[selector.name] ?? []).filter { selector.takes($0) }
  }

  /// How much the series of a selector grew together, and in how many seconds.
  func growth(_ selector: MetricSelector) -> (by: Double, seconds: Double)? {
    let all = matching(selector).compactMap { windows[Self.key($0)]?.growth }
    guard let longest = all.map(\.seconds).max() else { return nil }
    return (all.reduce(0) { $0 + $1.by }, longest)
  }

  func growth(of sample: MetricSample) -> (by: Double, seconds: Double)? { windows[Self.key(sample)]?.growth }

  /// Nil where it is not known. `isClamped` where a quantile lies beyond the highest bound.
  func value(_ expression: MetricExpression) -> (value: Double, isClamped: Bool)? {
    switch expression {
    case .sum(let selector): plain(matching(selector).map(\.value).filter { !$0.isNaN }) { $0.reduce(0, +) }
    case .most(let selector): plain(matching(selector).map(\.value).filter { !$0.isNaN }) { $0.max() ?? 0 }
    case .rate(let selector): growth(selector).map { ($0.by / $0.seconds, false) }
    case .quantile(let quantile, let selector): BucketQuantile.of(quantile, buckets(selector))
    case .share(let part, let whole):
      growth(whole).flatMap { whole in whole.by > 0 ? ((growth(part)?.by ?? 0) / whole.by, false) : nil }
    case .ratio(let left, let right):
      value(left).flatMap { left in value(right).flatMap { $0.value == 0 ? nil : (left.value / $0.value, false) } }
    case .product(let left, let right): value(left).flatMap { left in value(right).map { (left.value * $0.value, false) } }
    case .affine(let inner, let factor, let constant): value(inner).map { (max(0, $0.value * factor + constant), $0.isClamped) }
    }
  }

  private func plain(_ values: [Double], _ reduce: ([Double]) -> Double) -> (value: Double, isClamped: Bool)? {
    values.isEmpty ? nil : (reduce(values), false)
  }

  /// Growth by bound, of all series together.
  private func buckets(_ selector: MetricSelector) -> [BucketQuantile.Bucket] {
    matching(selector).compactMap { sample in
      guard let text = sample.label("le"), let bound = Self.bound(text), let growth = windows[Self.key(sample)]?.growth else { return nil }
      return BucketQuantile.Bucket(upTo: bound, growth.by)
    }
  }

  /// `1`, `1.0` and `+Inf` are numbers.
  static func bound(_ text: String) -> Double? {
    switch text.lowercased() {
    case "+inf", "inf", "+infinity", "infinity": .infinity
    default: Double(text)
    }
  }
}
