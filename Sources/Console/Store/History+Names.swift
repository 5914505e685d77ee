import OpsModel

extension History.Measure {
  /// As the operator says it.
  var name: SafeText {
    switch self {
    case .ready: "ready tasks"
    case .dead: "dead letters"
    case .done: "tasks done"
    case .failed: "failed tasks"
    case .waiting: "waiting sessions"
    case .sessions: "active sessions"
    case .workers: "workers"
    case .busy: "busy workers"
    case .scheduled: "scheduled tasks"
    case .load(let kind): "sessions at \(kind.name)"
    case .signal(let signal): signal.name
    }
  }

  /// It only grows: how high it stands says nothing.
  var isCounter: Bool { self == .done || self == .failed }

  var unit: Signal.Unit {
    if case .signal(let signal) = self { return signal.unit }
    return .count
  }
}
