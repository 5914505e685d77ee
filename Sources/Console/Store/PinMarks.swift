import OpsModel

/// When something happened that a sparkline marks, by source: hundreds of events are gone through once, and not for every line.
struct PinMarks: Sendable {
  /// Seconds since 1970.
  private var bySource: [SafeText: [Double]] = [:]
  /// Of no source, and so of each.
  private var common: [Double] = []

  init(_ events: [TapeEvent]) {
    for event in events where event.kind == .alertFired || event.kind == .operation || event.kind == .note {
      if event.source.isEmpty { common.append(event.at) } else { bySource[event.source, default: []].append(event.at) }
    }
  }

  func times(_ source: SafeText) -> [Double] {
    guard let own = bySource[source] else { return common }
    return common.isEmpty ? own : own + common
  }
}
