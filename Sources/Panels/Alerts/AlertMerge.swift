import Console
import Gate
import OpsModel

/// Alerts of this console's rules and those of other systems. One that both a Prometheus and its Alertmanager tell stands once, as the
/// one that can keep it quiet tells it.
enum AlertMerge {
  static func of(_ view: StoreView) -> [Sourced<AlertState>] {
    let own = view.sources.flatMap { source in Sourced.rows(of: source, view.alerts.filter { $0.id.source == source.name }) }
    let told = view.sources.flatMap { source in
      Sourced.rows(of: source, (source.reading.value?.alerts ?? []).map { $0.kept(quiet: view.quiet[$0.id]) })
    }
    return own + unique(told)
  }

  private static func unique(_ all: [Sourced<AlertState>]) -> [Sourced<AlertState>] {
    let sent = Dictionary(grouping: all.filter { $0.source.verbs.contains(.silence) }) { $0.value.name }
    guard !sent.isEmpty else { return all }
    return all.filter { row in
      if row.source.verbs.contains(.silence) { return true }
      // What is sent has the labels of its server besides.
      let own = Set(row.value.labels)
      return !(sent[row.value.name] ?? []).contains { own.isSubset(of: $0.value.labels) }
    }
  }
}
