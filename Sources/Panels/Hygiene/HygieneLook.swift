import Console
import OpsModel

/// Which sources are to be looked at anew, and what is known of all.
enum HygieneLook {
  /// Seconds after which habits are looked at again: they change with deployments.
  static let age = 600.0

  static func due(_ context: PanelContext) -> [SafeText] {
    context.view.sources.filter { source in
      guard source.facets.contains(.queues) else { return false }
      guard let at = context.view.hygiene[source.name]?.at else { return true }
      return context.now.age(since: at) > age
    }.map(\.name)
  }

  /// Of what was read for it and of what every observation tells; the worst first. Thousands of workers are gone through
  /// once per observation, not once per frame.
  static func findings(_ context: PanelContext) -> [HygieneFinding] {
    context.cache.rows(of: Self.self, TableState(), context, tellsAsking: false) { gathered(context.view) }
  }

  private static func gathered(_ view: StoreView) -> [HygieneFinding] {
    let read = view.sources.flatMap { view.hygiene[$0.name]?.value?.findings ?? [] }
    let seen = view.sources.compactMap(\.reading.value).flatMap { HygieneRules.observed($0) }
    return (read + seen).enumerated().sorted { ($1.element.severity, $0.offset) < ($0.element.severity, $1.offset) }.map(\.element)
  }
}
