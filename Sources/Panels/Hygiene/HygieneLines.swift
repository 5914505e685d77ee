import Canvas
import Console
import OpsModel

/// Findings about habits as lines.
enum HygieneLines {
  /// For the room under the queues: those that matter.
  static func short(_ context: PanelContext) -> [HeadLine] {
    let found = HygieneLook.findings(context).filter { $0.severity > .ok }
    guard !found.isEmpty else { return [] }
    let head = HeadLine("HABITS that will hurt (i shows why)", .header)
    return [head] + found.map { HeadLine("\(PulseColumns.sign($0.severity)) \($0.source)  \($0.sentence)", PulseColumns.role($0.severity)) }
  }

  static func long(_ context: PanelContext) -> [HeadLine] {
    var lines: [HeadLine] = []
    for source in context.view.sources where source.facets.contains(.queues) {
      switch context.view.hygiene[source.name] ?? .never {
      case .never: lines.append(HeadLine("\(source.name): not looked at yet, or this kind does not tell", .faint))
      case .failed(let failure, _): lines.append(HeadLine("\(source.name): \(failure.what)", .warning))
      case .fresh(let report, let at), .stale(let report, let at, _, _):
        lines.append(HeadLine("\(source.name): looked at \(report.looked), \(Units.age(context.now.age(since: at))) ago", .faint))
      }
    }
    let found = HygieneLook.findings(context)
    let isLookedAt = context.view.hygiene.values.contains { $0.value != nil }
    if found.isEmpty && isLookedAt { lines += [HeadLine(""), HeadLine("nothing was found in what was looked at", .ok)] }
    for finding in found {
      lines += [
        HeadLine(""), HeadLine("\(PulseColumns.sign(finding.severity)) \(finding.source)  \(finding.sentence)", role(finding)),
      ]
      lines += TextWrap.lines(finding.why, width: max(20, context.size.columns - 6)).map { HeadLine("    \($0)") }
    }
    return lines
  }

  private static func role(_ finding: HygieneFinding) -> Role { finding.severity == .ok ? .text : PulseColumns.role(finding.severity) }
}
