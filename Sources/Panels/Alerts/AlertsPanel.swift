import Canvas
import Console
import Gate
import OpsModel

/// `8 Alerts`, first tab: what other systems say is wrong, the worst first.
enum AlertsPanel: TablePanel {
  static let manifest = PanelManifest(
    id: "alerts", title: "Alerts", summary: "Alerts of Prometheus and Alertmanager, and what keeps them quiet.", digit: 8, group: "alerts",
    tab: "Firing")

  static let open: CommandID = "alerts.open"
  static let silence: CommandID = "alerts.silence"

  static let commands = [
    Command(open, "details", "Shows all labels of this alert.", keys: [.enter], footer: 10),
    Command(silence, "silence", "Keeps this one alert quiet for a time: asks how long and why.", keys: [Key("M")], footer: 11),
  ]

  static func all(_ context: PanelContext) -> [Sourced<AlertState>] { AlertMerge.of(context.view) }

  static var facet: Facet? { .alerts }

  static func name(_ row: Sourced<AlertState>) -> SafeText { row.value.name }

  static func empty(_ context: PanelContext) -> SafeText { context.view.emptyWords(for: .alerts, nothing: "no alert fires") }

  static func head(_ context: PanelContext) -> [HeadLine] {
    let rules = context.view.sources.compactMap { source -> HeadLine? in
      guard let rules = source.reading.value?.rules, !rules.isEmpty else { return nil }
      let broken = rules.filter { $0.trouble != nil }.count
      return HeadLine(
        "\(source.name): \(Units.count(rules.count, "rule"))\(broken > 0 ? ", \(broken) do not work" : "" as SafeText)",
        broken > 0 ? .warning : .faint)
    }
    return rules + context.view.headLines(for: .alerts, now: context.now).filter { $0.role != .faint }
  }

  static func act(_ command: CommandID, on row: Sourced<AlertState>, _ context: PanelContext) -> [Request] {
    guard command == silence else { return [.open(panel: AlertPanel.manifest.id, target: row.value.id)] }
    let target = Target(scope: [], key: row.value.id.key, version: Version(0))
    let draft = ActionDraft(.silence, source: row.source.name, .targets(TargetList([target])))
    return [.ask(AskRequest("how long and why", prefill: "1h ", .argument(Operation.silenceKey, draft)))]
  }

  static func disabled(_ command: CommandID, on row: Sourced<AlertState>?, _ context: PanelContext) -> SafeText? {
    guard command == silence else { return nil }
    if let why = context.readOnly { return "read-only (\(why)): nothing can be changed" }
    guard let row else { return "nothing is selected" }
    guard row.source.verbs.contains(.silence) else { return "\(row.source.kind) keeps no silences: add its Alertmanager as a source" }
    return nil
  }

  static let rows = Table<Sourced<AlertState>>(
    columns: AlertColumns.all, defaultSort: SortOrder("severity", descending: true), id: \.value.id,
    isDimmed: { !$0.source.isFresh(at: $1.now) })
}

/// An alert that both a Prometheus and its Alertmanager tell stands once, as the one that can keep it quiet tells it.
enum AlertMerge {
  static func of(_ view: StoreView) -> [Sourced<AlertState>] {
    let all: [Sourced<AlertState>] = view.sourced(\.alerts)
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
