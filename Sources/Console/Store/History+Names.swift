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

extension History.Measure {
  /// As it stands on a tape: `ready`, `load.lock`, `signal.loop.lag.p99`.
  public var word: String {
    switch self {
    case .load(let kind): "load." + kind.rawValue
    case .signal(let signal): "signal." + signal.name.text
    default: "\(self)"
    }
  }

  private static let words: [String: History.Measure] = {
    let plain: [History.Measure] = [.ready, .dead, .done, .failed, .waiting, .sessions, .workers, .busy, .scheduled]
    let all = plain + LoadClass.allCases.map { .load($0) } + Signal.allCases.map { .signal($0) }
    return Dictionary(all.map { ($0.word, $0) }, uniquingKeysWith: { first, _ in first })
  }()

  /// Nil for a number that this version does not know.
  public init?(word: String) {
    guard let known = Self.words[word] else { return nil }
    self = known
  }
}
