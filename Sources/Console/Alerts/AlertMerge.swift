import Gate
public import OpsModel

/// Alerts of this console's rules and those of other systems. One that both a Prometheus and its Alertmanager tell stands once, as the
/// one that can keep it quiet tells it.
public enum AlertMerge {
  /// An alert, and the source whose age is that of the alert.
  public typealias Told = (source: SourceView, alert: AlertState)

  public static func of(_ view: StoreView) -> [Told] {
    let bySource = Dictionary(grouping: view.alerts) { $0.id.source }
    let own = view.sources.flatMap { source in (bySource[source.name] ?? []).map { (source, $0) } }
    let told = view.sources.flatMap { source in
      (source.reading.value?.alerts ?? []).map { (source, $0.kept(quiet: view.quiet[$0.id])) }
    }
    return own + unique(told)
  }

  private static func unique(_ all: [Told]) -> [Told] {
    let sent = all.filter { $0.source.verbs.contains(.silence) }.map(\.alert)
    guard !sent.isEmpty else { return all }
    var byName: [SafeText: [Int]] = [:]
    var byLabel: [AlertState.Label: [Int]] = [:]
    for (index, alert) in sent.enumerated() {
      byName[alert.name, default: []].append(index)
      for label in Set(alert.labels) { byLabel[label, default: []].append(index) }
    }
    return all.filter { row in
      if row.source.verbs.contains(.silence) { return true }
      // What is sent has the labels of its server besides. The rarest label leaves the fewest to compare with.
      let own = Set(row.alert.labels)
      let candidates = own.map { byLabel[$0] ?? [] } + [byName[row.alert.name] ?? []]
      let fewest = candidates.min { $0.count < $1.count } ?? []
      return !fewest.contains { sent[$0].name == row.alert.name && own.isSubset(of: sent[$0].labels) }
    }
  }
}
