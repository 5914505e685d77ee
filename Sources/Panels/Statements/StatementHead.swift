import Canvas
import Console
import OpsModel

/// Lines above the statements: which window the numbers are of, and what they can not know.
enum StatementHead {
  static func lines(_ mode: Int, _ context: PanelContext) -> [HeadLine] {
    var lines: [HeadLine] = []
    for source in context.view.sources(with: .statements) {
      guard let log = source.reading.value?.statements else { continue }
      let window = log.window(StatementLog.windows[mode % StatementLog.windows.count])
      var known = [span(source, window, wanted: StatementLog.windows[mode % StatementLog.windows.count], context)]
      if let blind = unseen(source, window) { known.append(blind) }
      if window.evicted > 0 || (window.evictions ?? 0) > 0 {
        known.append(
          HeadLine(
            "\(source.name): \(Units.count(window.evicted)) statements were thrown out in this window, and what they did in it is lost: pg_stat_statements.max\(log.limit.map { " (\($0))" as SafeText } ?? "") is too small for so many different ones",
            .warning))
      }
      lines += known.map { $0.dimmed(ifStale: source, context.now) }
    }
    return lines + context.view.headLines(for: .statements, now: context.now)
  }

  private static func span(_ source: SourceView, _ window: StatementWindow, wanted: Double, _ context: PanelContext) -> HeadLine {
    let age: SafeText = window.at.map { ", read \(Units.age(context.now.age(since: $0))) ago" } ?? ""
    guard let span = window.span else {
      let since: SafeText =
        window.resetAt.map { " of \(Units.age(max(0, context.now.unix - $0))), since counting began" } ?? " since counting began"
      return HeadLine("\(source.name): totals\(since)\(age); a window needs two looks, 10 s apart", .warning)
    }
    let busy = window.total / 1000 / max(span, 1)
    let short: SafeText = span < wanted * 0.9 ? " (no more is known yet)" : ""
    let load = Int(clamped: busy * 100)
    return HeadLine(
      "\(source.name): last \(Units.age(span))\(short)\(age): statements took \(load / 100).\(load % 100 < 10 ? "0" : "")\(load % 100) s per second",
      .text)
  }

  /// The time that pg_stat_statements can not see.
  private static func unseen(_ source: SourceView, _ window: StatementWindow) -> HeadLine? {
    guard let hidden = window.unattributed, let span = window.span, hidden > 0.05 * (window.total + hidden), hidden > 10 * span else {
      return nil
    }
    let share = Units.percent(hidden / (window.total + hidden))
    return HeadLine(
      "\(source.name): \(share) of active time (\(Units.duration(hidden / 1000))) is in no statement: failed, cancelled, timed out, thrown out, or still running",
      .warning)
  }
}
