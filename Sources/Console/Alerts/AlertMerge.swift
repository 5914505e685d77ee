import Gate
public import OpsModel

/// Alerts of this console's rules and those of other systems. One that both a Prometheus and its Alertmanager tell stands once, as the
/// one that can keep it quiet tells it.
public enum AlertMerge {
  /// An alert, and the source whose age is that of the alert.
  public typealias Told = (source: SourceView, alert: AlertState)

  public static func of(_ view: StoreView) -> [Told] {
    let own = view.sources.flatMap { source in view.alerts.filter { $0.id.source == source.name }.map { (source, $0) } }
    let told = view.sources.flatMap { source in
      (source.reading.value?.alerts ?? []).map { (source, $0.kept(quiet: view.quiet[$0.id])) }
    }
    return own + unique(told)
  }

  private static func unique(_ all: [Told]) -> [Told] {
    let sent = Dictionary(grouping: all.filter { $0.source.verbs.contains(.silence) }) { $0.alert.name }
    guard !sent.isEmpty else { return all }
    return all.filter { row in
      if row.source.verbs.contains(.silence) { return true }
      // What is sent has the labels of its server besides.
      let own = Set(row.alert.labels)
      return !(sent[row.alert.name] ?? []).contains { own.isSubset(of: $0.alert.labels) }
    }
  }
}
