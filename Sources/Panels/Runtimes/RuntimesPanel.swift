import Canvas
import Console
import OpsModel

/// `6 Runtimes`, first tab: every process with the same signals, the one in trouble first.
enum RuntimesPanel: TablePanel {
  static let manifest = PanelManifest(
    id: "runtimes", title: "Runtimes", short: "Procs", summary: "Processes of every language: event loop, GC, memory, pools, backlog.",
    digit: 6,
    group: "runtimes", tab: "Processes")

  static let open: CommandID = "runtimes.open"

  static let commands =
    [Command(open, "details", "Shows all signals of this process over time, its threads and pools.", keys: [.enter], footer: 10)]
    + RuntimeActions.commands

  struct Line: Sendable {
    let process: ProcessView
    private let shared: Sourced<Void>?
    /// What the table is sorted by: verdicts, then who is at work.
    let trouble: Double

    init(process: ProcessView, source: Sourced<Void>?, trouble: Double) {
      self.process = process
      shared = source
      self.trouble = trouble
    }

    var source: SourceView? { shared?.source }

    /// `api:4121`
    var name: SafeText { process.state.pid.map { "\(process.state.name):\($0)" } ?? process.state.name }
  }

  static func all(_ context: PanelContext) -> [Line] {
    let sources = Dictionary(
      context.view.sources.map { ($0.name, Sourced.rows(of: $0, [()]).first) }, uniquingKeysWith: { first, _ in first })
    return context.view.processes.map { process in
      let busy = (process.signals[.cpu] ?? 0) > 0.5 || (process.signals[.poolActive] ?? 0) > 0
      let trouble = Double(process.severity.rawValue * 100 + min(9, process.verdicts.count) * 10) + (busy ? 1 : 0)
      return Line(process: process, source: sources[process.id.source] ?? nil, trouble: trouble)
    }
  }

  static var facet: Facet? { .runtimes }

  static func name(_ row: Line) -> SafeText { row.name }

  static func empty(_ context: PanelContext) -> SafeText {
    context.view.emptyWords(
      for: .runtimes, nothing: "no process of a known runtime (Node, JVM, Python, Ruby, Go, .NET, PHP, Erlang) is seen")
  }

  static func head(_ context: PanelContext) -> [HeadLine] {
    let hosts = context.view.sources.compactMap { source in
      source.reading.value?.host.map { HeadLine(HostLine.words($0), .text).dimmed(ifStale: source, context.now) }
    }
    return hosts + LanguageLine.of(context.view.processes) + context.view.headLines(for: .runtimes, now: context.now)
  }

  static func act(_ command: CommandID, on row: Line, _ context: PanelContext) -> [Request] {
    RuntimeActions.isOurs(command)
      ? RuntimeActions.requests(command, row.process, context) : [.open(panel: RuntimePanel.manifest.id, target: row.process.id)]
  }

  static func disabled(_ command: CommandID, on row: Line?, _ context: PanelContext) -> SafeText? {
    RuntimeActions.isOurs(command) ? RuntimeActions.disabled(command, row?.process, context) : nil
  }

  /// What ails the worst of them, in full.
  static func foot(_ arranged: [Line], _ context: PanelContext, _ canvas: inout Canvas, _ area: Rect) {
    var y = area.y
    let troubled = arranged.filter { !$0.process.verdicts.isEmpty && $0.process.severity > .ok }
    let gutter = min(24, troubled.prefix(20).map { TextWidth.of($0.name.text) }.max() ?? 0)
    let x = area.x + gutter + 4
    for line in troubled {
      if y >= area.endY { return }
      let top = y
      defer {
        if rows.isDimmed(line, context) {
          canvas.restyle(Rect(x: area.x, y: top, width: area.width, height: y - top)) { $0.isDimmed = true }
        }
      }
      canvas.put(line.name, x: area.x + 2, y: y, width: gutter, style: Style(PulseColumns.role(line.process.severity)))
      for verdict in line.process.verdicts where verdict.severity > .ok {
        for text in TextWrap.lines(verdict.sentence, width: max(8, area.endX - x - 1)) where y < area.endY {
          canvas.put(text, x: x, y: y, width: max(0, area.endX - x))
          y += 1
        }
      }
    }
  }

  static let rows = Table<Line>(
    columns: RuntimeColumns.all, defaultSort: SortOrder("state", descending: true), id: { $0.process.id },
    isDimmed: { row, context in row.source.map { !$0.isFresh(at: context.now) } ?? false })
}
