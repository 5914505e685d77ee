import Canvas
import Console
import Gate
import OpsModel

/// `8 Alerts`, first tab: what the rules of this console and other systems say is wrong, the worst first.
enum AlertsPanel: TablePanel {
  static let manifest = PanelManifest(
    id: "alerts", title: "Alerts", summary: "What rules, Prometheus and Alertmanager say is wrong, and what keeps them quiet.", digit: 8,
    group: "alerts",
    tab: "Firing")

  static let open: CommandID = "alerts.open"
  static let goThere: CommandID = "alerts.go-there"
  static let acknowledge: CommandID = "alerts.acknowledge"
  static let mute: CommandID = "alerts.mute"
  static let loud: CommandID = "alerts.loud"
  static let silence: CommandID = "alerts.silence"
  static let runbook: CommandID = "alerts.runbook"

  static let commands = [
    Command(open, "details", "Shows all that is known of this alert.", keys: [.enter], footer: 10),
    Command(goThere, "go there", "Shows the queue, session or process that the alert is about.", keys: [Key("x")], footer: 11),
    Command(
      acknowledge, "acknowledge", "Says that you know of it, until it is over: asks how long at most, and why.", keys: [Key("a")],
      footer: 12),
    Command(
      mute, "mute", "Keeps it quiet in this console for a time, also where it comes back: asks how long and why.", keys: [Key("m")],
      footer: 13),
    Command(loud, "unmute", "Ends what keeps this alert quiet in this console.", keys: [Key("u")], footer: 14),
    Command(
      silence, "silence", "Makes a silence at the Alertmanager for this one alert: asks how long and why.", keys: [Key("M")], footer: 15),
    Command(runbook, "runbook", "Opens the runbook that answers this alert, with what is known filled in.", keys: [Key("R")], footer: 12),
  ]

  static func opened(_ target: ResourceID?, _ context: PanelContext) -> [Request] { [.runbook(.list)] }

  static func all(_ context: PanelContext) -> [Sourced<AlertState>] {
    Sourced.rows(AlertMerge.of(context.view).map { ($0.source, $0.alert) })
  }

  static var facet: Facet? { .alerts }

  static func name(_ row: Sourced<AlertState>) -> SafeText { row.value.name }

  static func empty(_ context: PanelContext) -> SafeText {
    context.view.sources.isEmpty ? context.view.emptyWords(for: .alerts, nothing: "") : "no alert fires"
  }

  static func head(_ context: PanelContext) -> [HeadLine] {
    let rules = context.view.sources.compactMap { source -> HeadLine? in
      guard let rules = source.reading.value?.rules, !rules.isEmpty else { return nil }
      let broken = rules.filter { $0.trouble != nil }.count
      return HeadLine(
        "\(source.name): \(Units.count(rules.count, "rule"))\(broken > 0 ? ", \(broken) do not work" : "" as SafeText)",
        broken > 0 ? .warning : .faint
      ).dimmed(ifStale: source, context.now)
    }
    return rules + context.view.headLines(for: .alerts, now: context.now).filter { $0.role != .faint }
  }

  static func act(_ command: CommandID, on row: Sourced<AlertState>, _ context: PanelContext) -> [Request] {
    switch command {
    case goThere: return row.value.own.flatMap { AlertPlace.request($0.subject) }.map { [$0] } ?? []
    case acknowledge:
      return [.ask(AskRequest("acknowledge \(meant(row)): how long at most, and why", prefill: "1h ", .quiet(row.value, .acknowledged)))]
    case mute: return [.ask(AskRequest("mute \(meant(row)): how long, and why", prefill: "1h ", .quiet(row.value, .muted)))]
    case loud: return [.loud(row.value)]
    case silence: return [.ask(silencing(row))]
    case runbook: return [.runbook(.answer(RunbookHint(row.value)))]
    default: return [.open(panel: AlertPanel.manifest.id, target: row.value.id)]
    }
  }

  /// The alert and what it is about, since several may have one name.
  private static func meant(_ row: Sourced<AlertState>) -> SafeText {
    guard let subject = row.value.own?.subject else {
      let labels = row.value.labels.filter { $0.name.text != "alertname" }.prefix(3).map { "\($0.name)=\($0.value)" as SafeText }
      return "\(row.value.name) of \(row.source.name)\(labels.isEmpty ? "" : " (\(SafeText.join(labels, ", ")))" as SafeText)"
    }
    let key = SafeText(bytes: subject.key, limit: 60)
    return "\(row.value.name) of \(subject.source)\(key.isEmpty ? "" : " \(key)" as SafeText)"
  }

  private static func silencing(_ row: Sourced<AlertState>) -> AskRequest {
    let target = Target(scope: [], key: row.value.id.key, version: Version(0))
    let draft = ActionDraft(.silence, source: row.source.name, .targets(TargetList([target])))
    return AskRequest("silence \(meant(row)): how long, and why", prefill: "1h ", .argument(Operation.silenceKey, draft))
  }

  static func disabled(_ command: CommandID, on row: Sourced<AlertState>?, _ context: PanelContext) -> SafeText? {
    switch command {
    case goThere where row?.value.own == nil: return "it is an alert of another system, which does not say what it is about"
    case acknowledge where row?.value.state != .firing: return "only what fires is acknowledged"
    case loud where row?.value.quiet == nil: return "nothing in this console keeps it quiet"
    case silence: return whyNoSilence(row, context)
    default: return nil
    }
  }

  private static func whyNoSilence(_ row: Sourced<AlertState>?, _ context: PanelContext) -> SafeText? {
    if let why = context.readOnly { return "read-only (\(why)): nothing can be changed" }
    guard let row else { return "nothing is selected" }
    if row.value.own != nil { return "it is an alert of this console: m mutes it" }
    guard row.source.verbs.contains(.silence) else {
      return "\(row.source.kind) keeps no silences: add its Alertmanager as a source, or m mutes it here"
    }
    return nil
  }

  static let rows = Table<Sourced<AlertState>>(
    columns: AlertColumns.all, defaultSort: SortOrder("severity", descending: true), id: { $0.value.id },
    isDimmed: { !$0.source.isFresh(at: $1.now) })
}
