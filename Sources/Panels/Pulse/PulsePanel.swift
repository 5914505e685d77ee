import Canvas
import Console
import OpsModel

/// `1 Pulse`: every source, what matters there now, and how old the knowledge is. The worst comes first.
enum PulsePanel: TablePanel {
  static let manifest = PanelManifest(
    id: "pulse", title: "Pulse", summary: "What is wrong and why, and every source with what matters there now.", digit: 1, group: "pulse",
    tab: "Sources")

  static let open: CommandID = "pulse.open"

  static let details: CommandID = "pulse.details"

  static let commands = [
    Command(details, "suspects", "Shows what probably causes it, with all that speaks for it.", keys: [Key("d")], footer: 11),
    Command(open, "open", "Goes to the panel where this source shows what matters.", keys: [.enter], footer: 10),
  ]

  struct Line: Sendable {
    let source: SourceView
    let severity: Severity
    let text: SafeText
  }

  static func all(_ context: PanelContext) -> [Line] {
    context.view.sources.map { source in
      let found = PulseAssessment.of(source, context.view, context.now)
      let alert = context.view.alerts.first { $0.state == .firing && $0.id.source == source.name }
      // A rule of the configuration may mind what no usual person would.
      // Of a source that tells nothing, that is what matters.
      guard let alert, found.severity != .stale, alert.severity > found.severity else {
        return Line(source: source, severity: found.severity, text: found.text)
      }
      return Line(source: source, severity: alert.severity, text: "\(alert.summary ?? alert.name), \(found.text)")
    }
  }

  static var facet: Facet? { nil }

  static var tellsAsking: Bool { true }

  static func name(_ row: Line) -> SafeText { row.source.name }

  static func empty(_ context: PanelContext) -> SafeText {
    if context.view.isPast { return "nothing was read from the tape; a message tells why, t goes to another time" }
    return context.view.isDiscovering
      ? "looking for runtimes, Redis and PostgreSQL on this host…" : "no source: run `opsconsole init`, or see the lines above"
  }

  static func head(_ context: PanelContext) -> [HeadLine] {
    SuspectLines.head(context) + context.view.discovery.map { HeadLine($0.text, $0.severity == .warning ? .warning : .faint) }
  }

  /// What is suspected is why somebody looks: it may take half of the screen.
  static func headRoom(_ context: PanelContext) -> Int { max(0, min(12, (context.size.rows - 2) / 2)) }

  static func act(_ command: CommandID, on row: Line, _ context: PanelContext) -> [Request] {
    if command == details { return [.open(panel: SuspectsPanel.manifest.id, target: nil)] }
    let facets = row.source.reading.value?.facets ?? []
    let panel =
      if facets.contains(.sessions) { DatabasePanel.manifest.id } else if facets.contains(.runtimes) {
        RuntimesPanel.manifest.id
      } else if facets.contains(.alerts) { AlertsPanel.manifest.id } else { QueuesPanel.manifest.id }
    return [.open(panel: panel, target: row.source.id)]
  }

  static func disabled(_ command: CommandID, on row: Line?, _ context: PanelContext) -> SafeText? {
    if command == details { return context.view.suspects.isEmpty ? "nothing is suspected" : nil }
    guard let row, row.source.reading.value == nil else { return nil }
    return "nothing was read of \(row.source.name) yet"
  }

  /// What the rows had to cut, in full, the worst first.
  static func foot(_ arranged: [Line], _ context: PanelContext, _ canvas: inout Canvas, _ area: Rect) {
    var y = area.y
    // Only as many rows as fit, and without a copy of each of thousands.
    let bad = arranged.indices.lazy.filter { arranged[$0].severity > .ok }.prefix(max(0, area.height))
    let gutter = min(16, bad.map { TextWidth.of(arranged[$0].source.name.text) }.max() ?? 0)
    let x = area.x + gutter + 4
    for place in bad {
      let line = arranged[place]
      canvas.put(line.source.name, x: area.x + 2, y: y, width: gutter, style: Style(PulseColumns.role(line.severity)))
      for text in TextWrap.lines(line.text, width: max(8, area.endX - x - 1)) where y < area.endY {
        canvas.put(text, x: x, y: y, width: max(0, area.endX - x))
        y += 1
      }
      if y >= area.endY { return }
    }
  }

  static let rows = Table<Line>(
    columns: PulseColumns.all, defaultSort: SortOrder("state", descending: true), id: { $0.source.id },
    isDimmed: { !$0.source.isFresh(at: $1.now) && $0.source.reading.value != nil })
}
