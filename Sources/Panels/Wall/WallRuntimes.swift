import Canvas
import Console
import OpsModel

/// Processes in trouble, or where there are none the ones that do most.
enum WallRuntimes: WallPage {
  static let id = "runtimes"
  static let title: SafeText = "Runtimes"

  static func urgency(_ view: StoreView, _ now: Moment) -> Severity? {
    view.processes.isEmpty ? nil : view.processes.map(\.severity).max()
  }

  static func draw(_ view: StoreView, _ now: Moment, _ canvas: inout Canvas, _ area: Rect) {
    let sorted = view.processes.sorted {
      ($1.severity, $1.signals[.cpu] ?? 0, $0.state.name) < ($0.severity, $0.signals[.cpu] ?? 0, $1.state.name)
    }
    for (row, process) in sorted.prefix(WallMore.rows(sorted.count, &canvas, area)).enumerated() {
      let isFresh = view.source(process.id.source)?.isFresh(at: now) ?? false
      let role: Role = isFresh ? (process.severity == .ok ? .text : PulseColumns.role(process.severity)) : .stale
      let name: SafeText = process.state.pid.map { "\(process.state.name):\($0)" } ?? process.state.name
      canvas.put(
        "\(PulseColumns.sign(isFresh ? process.severity : .stale)) \(name)" as SafeText, x: area.x + 1, y: area.y + row, width: 28,
        style: Style(role))
      let words: SafeText = process.verdicts.first?.sentence ?? facts(process)
      canvas.put(words, x: area.x + 30, y: area.y + row, width: area.width - 31, style: Style(role))
    }
  }

  private static func facts(_ process: ProcessView) -> SafeText {
    let signals: [Signal] = [.loopLagP99, .gcTime, .requestP99, .cpu, .rss]
    return SafeText.join(
      signals.compactMap { signal in process.signals.reading(signal).map { "\(signal.name) \($0.text(signal.unit))" } }, "  ")
  }
}
