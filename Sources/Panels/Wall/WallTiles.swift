import Console
import OpsModel

/// What is worth a tile, of every source.
enum WallTiles {
  /// Of all of them, the worst first.
  static func sorted(_ sources: [SourceView], _ view: StoreView, _ now: Moment) -> [WallTile] {
    sources.flatMap { of($0, view, now) }.enumerated().sorted { ($1.element.severity, $0.offset) < ($0.element.severity, $1.offset) }
      .map(\.element)
  }

  static func of(_ source: SourceView, _ view: StoreView, _ now: Moment) -> [WallTile] {
    guard let observed = source.reading.value else {
      let why = source.trouble(at: now) ?? "asking for the first time"
      let severity: Severity = source.reading.failure == nil ? .unknown : .stale
      return [WallTile(label: source.name, value: "—", caption: why, severity: severity, stale: severity == .stale ? why : nil)]
    }
    let found = PulseAssessment.of(source, view, now)
    let old: SafeText? =
      source.isFresh(at: now) ? nil : "\(Units.age(source.age(at: now) ?? 0)) old: \(source.trouble(at: now) ?? "no new numbers")"
    let severity = old == nil ? found.severity : .stale
    if observed.facets.contains(.sessions) { return database(source, observed, view, now, severity, old) }
    if observed.facets.contains(.queues) { return queues(source, observed, view, now, severity, old) }
    let worst = observed.facets.contains(.runtimes) ? runtimes(source, view, now, severity, old) : nil
    return [worst ?? plain(source, observed, found.text, severity, old)]
  }

  private static func line(_ measure: History.Measure, _ id: ResourceID, _ source: SourceView, _ view: StoreView, _ now: Moment)
    -> [Double?]
  {
    view.history.line(measure, of: id, width: WallGrid.line, now: now, interval: source.interval)
  }

  private static func queues(
    _ source: SourceView, _ observed: Observation, _ view: StoreView, _ now: Moment, _ severity: Severity, _ old: SafeText?
  ) -> [WallTile] {
    let ready = observed.queues.compactMap(\.ready)
    let worst = observed.queues.max { ($0.ready ?? -1) < ($1.ready ?? -1) }
    let growth: SafeText = view.history.rate(.ready, of: source.id).map { ", \(Units.rate($0, signed: true))" } ?? ""
    var tiles = [
      WallTile(
        label: "\(source.name) ready", value: ready.isEmpty ? "—" : Units.short(Double(ready.saturatingSum())),
        caption: worst.map { "most in \($0.name.prefix(24))\(growth)" } ?? "no queue yet", severity: severity,
        line: line(.ready, source.id, source, view, now), stale: old)
    ]
    if let oldest = observed.queues.compactMap(\.oldest.seconds).max(), oldest >= PulseAssessment.oldWarning {
      let isLate = oldest >= PulseAssessment.oldCritical
      let queue = observed.queues.first { $0.oldest.seconds == oldest }
      tiles.append(
        WallTile(
          label: "\(source.name) oldest", value: Units.age(oldest), caption: queue.map { "in \($0.name.prefix(30))" } ?? "",
          severity: isLate ? .critical : .warning, stale: old))
    }
    let dead = observed.queues.compactMap(\.dead) + (observed.dead.map { [$0] } ?? [])
    if let change = view.history.change(.dead, of: source.id, window: 600), change.by >= 1 {
      tiles.append(
        WallTile(
          label: "\(source.name) dead", value: Units.short(Double(dead.saturatingSum())),
          caption: "+\(Units.count(Int(clamped: change.by))) in \(Units.age(change.seconds))", severity: change.by >= 10 ? .warning : .ok,
          line: line(.dead, source.id, source, view, now), stale: old))
    }
    return tiles
  }

  private static func database(
    _ source: SourceView, _ observed: Observation, _ view: StoreView, _ now: Moment, _ severity: Severity, _ old: SafeText?
  ) -> [WallTile] {
    let waiting = observed.sessions.filter { !$0.blockedBy.isEmpty }.count
    let root = Blocker.all(in: observed).first
    var tiles = [
      WallTile(
        label: "\(source.name) blocked", value: "\(waiting)", caption: root.map { "by \($0.name)" } ?? "nobody waits",
        severity: severity,
        line: line(.waiting, source.id, source, view, now), stale: old)
    ]
    if let used = observed.server?.connections, let limit = observed.server?.connectionLimit {
      let share = limit > 0 ? Double(used) / Double(limit) : 0
      tiles.append(
        WallTile(
          label: "\(source.name) connections", value: "\(used)", caption: "of \(limit), \(observed.activeWords)",
          severity: share >= 0.95 ? .critical : (share >= 0.8 ? .warning : .ok), line: line(.sessions, source.id, source, view, now),
          stale: old))
    }
    return tiles
  }

  /// A source that has no number of its own: one that watches others, or one without a process at the moment.
  private static func plain(
    _ source: SourceView, _ observed: Observation, _ words: SafeText, _ severity: Severity, _ old: SafeText?
  ) -> WallTile {
    guard observed.facets.contains(.alerts) else {
      return WallTile(label: source.name, value: "—", caption: words, severity: severity, stale: old)
    }
    let firing = observed.alerts.filter { $0.state == .firing }.count
    return WallTile(label: "\(source.name) alerts", value: "\(firing)", caption: words, severity: severity, stale: old)
  }

  /// The worst process of a source; nil where none tells anything.
  private static func runtimes(_ source: SourceView, _ view: StoreView, _ now: Moment, _ severity: Severity, _ old: SafeText?) -> WallTile?
  {
    let own = view.processes.filter { $0.id.source == source.name }
    guard let worst = own.max(by: { ($0.severity, lag($0)) < ($1.severity, lag($1)) }) else { return nil }
    let signals: [Signal] = [.loopLagP99, .gcTime, .requestP99, .poolActive, .rss]
    guard let shown = signals.first(where: { worst.signals[$0] != nil }), let value = worst.signals.reading(shown) else { return nil }
    let others: SafeText = own.count == 1 ? "\(source.name)" : "worst of \(Units.count(own.count)) of \(source.name)"
    return WallTile(
      label: "\(worst.state.name.prefix(16)) \(shown.name)", value: value.text(shown.unit),
      caption: worst.verdicts.first?.title ?? others, severity: severity,
      line: line(.signal(shown), worst.id, source, view, now), stale: old)
  }

  private static func lag(_ process: ProcessView) -> Double { process.signals[.loopLagP99] ?? 0 }
}
