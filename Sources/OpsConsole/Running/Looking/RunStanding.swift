import OpsModel
import Runbooks

/// How a run stands: what its journal says, and whether a runner is at it.
enum RunStanding: String, Sendable {
  case starting, running
  /// A step waits for people.
  case waiting
  case paused
  /// The journal has no end and no runner is at it.
  case interrupted
  case succeeded, failed, cancelled, closed

  init(_ history: RunHistory, isAlive: Bool) {
    switch history.state {
    case .succeeded: self = .succeeded
    case .failed: self = .failed
    case .cancelled: self = .cancelled
    case .closed: self = .closed
    case .paused: self = .paused
    case .planned: self = isAlive ? .starting : .interrupted
    case .running:
      let asks = history.order.contains { id in
        let step = history.step(id)
        return step.state == .waiting && (step.waitsFor["kind"] == .text("prompt") || step.waitsFor["kind"] == .text("approve"))
      }
      self = isAlive ? (asks ? .waiting : .running) : .interrupted
    }
  }

  var word: SafeText { SafeText(escaping: rawValue) }
  var isOver: Bool { [.succeeded, .failed, .cancelled, .closed].contains(self) }
  /// Nobody is at it, and a person has to take it up.
  var rests: Bool { self == .paused || self == .interrupted }

  /// The exit code of scripts.
  var code: Int32 {
    switch self {
    case .starting, .running, .succeeded: 0
    case .waiting, .paused, .interrupted: 75
    case .failed, .cancelled, .closed: 1
    }
  }
}
