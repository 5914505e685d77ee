import OpsModel

/// Counts and times of collections by generation or kind, as libraries name them.
struct CollectionFamilies {
  let count: String
  /// Nil where only counts are told.
  let sum: String?
  /// The label that tells them apart, and a second one that says more.
  let label: String
  var second: String?

  var names: [String] { [count] + (sum.map { [$0] } ?? []) }

  static let all: [CollectionFamilies] = [
    CollectionFamilies(count: "nodejs_gc_duration_seconds_count", sum: "nodejs_gc_duration_seconds_sum", label: "kind"),
    CollectionFamilies(count: "v8js_gc_duration_seconds_count", sum: "v8js_gc_duration_seconds_sum", label: "v8js_gc_type"),
    CollectionFamilies(count: "jvm_gc_pause_seconds_count", sum: "jvm_gc_pause_seconds_sum", label: "gc", second: "action"),
    CollectionFamilies(count: "jvm_gc_collection_seconds_count", sum: "jvm_gc_collection_seconds_sum", label: "gc"),
    CollectionFamilies(
      count: "jvm_gc_duration_seconds_count", sum: "jvm_gc_duration_seconds_sum", label: "jvm_gc_name", second: "jvm_gc_action"),
    CollectionFamilies(count: "python_gc_collections_total", sum: nil, label: "generation"),
    CollectionFamilies(count: "cpython_gc_collections_total", sum: nil, label: "generation"),
    CollectionFamilies(count: "dotnet_collection_count_total", sum: nil, label: "generation"),
  ]

  /// Micrometer tells a pause once for each cause: those of one kind are added up.
  static func read(_ evaluator: ScrapeEvaluator) -> [RuntimeState.Collection] {
    all.flatMap { family -> [RuntimeState.Collection] in
      let counts = evaluator.matching(MetricSelector(family.count))
      let kinds = Dictionary(grouping: counts) { family.kind($0) }
      return kinds.sorted { $0.key < $1.key }.map { kind, samples in
        var one = RuntimeState.Collection(SafeText(escaping: kind, limit: 40))
        one.total = Int(clamped: samples.reduce(0) { $0 + $1.value })
        one.isPause = !kind.contains("Concurrent") && !kind.contains("Cycles")
        let growths = samples.compactMap { evaluator.growth(of: $0) }
        if let seconds = growths.map(\.seconds).max() { one.rate = growths.reduce(0) { $0 + $1.by } / seconds }
        let sums = family.sum.map { evaluator.matching(MetricSelector($0)).filter { family.kind($0) == kind } } ?? []
        let times = sums.compactMap { evaluator.growth(of: $0) }
        if let seconds = times.map(\.seconds).max() {
          let spent = times.reduce(0) { $0 + $1.by }
          let number = growths.reduce(0) { $0 + $1.by }
          one.share = spent / seconds
          if number > 0 { one.average = spent / number }
        }
        return one
      }
    }
  }

  private func kind(_ sample: MetricSample) -> String {
    let first = sample.label(label) ?? "all"
    return second.flatMap { sample.label($0) }.map { "\(first), \($0)" } ?? first
  }
}
