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
    let sent = Sent(all.filter { $0.source.verbs.contains(.silence) }.map(\.alert))
    guard !sent.isEmpty else { return all }
    return all.filter { $0.source.verbs.contains(.silence) || !sent.holds($0.alert) }
  }

  /// Alerts that an Alertmanager holds, to be found by their labels: thousands may have one name.
  private struct Sent {
    private struct Key: Hashable {
      let name: SafeText
      let label: AlertState.Label?
    }

    private var labels: [Set<AlertState.Label>] = []
    private var places: [Key: [Int]] = [:]

    var isEmpty: Bool { labels.isEmpty }

    init(_ alerts: [AlertState]) {
      for alert in alerts {
        places[Key(name: alert.name, label: nil), default: []].append(labels.count)
        for label in Set(alert.labels) { places[Key(name: alert.name, label: label), default: []].append(labels.count) }
        labels.append(Set(alert.labels))
      }
    }

    /// Whether one of the same name has all labels of this one; what is sent has the labels of its server besides.
    func holds(_ alert: AlertState) -> Bool {
      let own = Set(alert.labels)
      let keys = [Key(name: alert.name, label: nil)] + own.map { Key(name: alert.name, label: $0) }
      // Those that have its rarest label are few.
      let fewest = keys.map { places[$0] ?? [] }.min { $0.count < $1.count } ?? []
      return fewest.contains { own.isSubset(of: labels[$0]) }
    }
  }
}
