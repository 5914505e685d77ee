import Gate
import OpsModel
import Runbooks
import Synchronization

/// A run that waits for its lock (`on_conflict: wait`): it can be given up, it waits for nobody who has left, and not longer than its plan
/// is worth. Nothing is begun meanwhile.
final class RunQueue: Sendable {
  private let session: RunnerSession
  private let control: RunControl
  private let state: Mutex<(socket: RunnerSocket?, seenAt: Moment)>

  init(_ session: RunnerSession, _ control: RunControl) {
    self.session = session
    self.control = control
    state = Mutex((nil, session.clock.now()))
  }

  func enter() {
    let control = control
    let made = RunnerSocket(session.folder, clock: session.clock) { wish in
      switch wish {
      case .pause(let by), .cancel(let by):
        let reason = "aborted by \(by) while it waited for its lock"
        let reply = control.claim(.cancel(reason: reason))
        control.want(.cancel(reason: reason))
        return RunnerReply(reply, taken: "it does not wait any longer; nothing was begun")
      case .answer, .ask: return .refused("it waits for its lock")
      }
    }
    let now = session.clock.now()
    state.withLock { $0 = (made, now) }
  }

  /// Whoever looks goes on looking: the run takes the socket over. Nil where it did not wait.
  var socket: RunnerSocket? { state.withLock { $0.socket } }

  /// Why it waits no longer; nil while it does.
  func gaveUp() -> SafeText? {
    let now = session.clock.now()
    if case .cancel(let reason) = control.wish { return SafeText(escaping: reason, limit: 200) }
    let age = session.plan.age(at: now, boot: session.maker.actor.boot.text)
    if age > session.plan.life, session.order.kind == .begin {
      return "its plan is older than \(Units.age(session.plan.life)): it is not begun any more"
    }
    let isAlone = state.withLock { state in
      if state.socket?.isSeen(within: RunnerSession.patience / 2) ?? false { state.seenAt = now }
      return now.age(since: state.seenAt) > RunnerSession.patience
    }
    guard isAlone, session.runbook.onDisconnect != .goOn else { return nil }
    return "nobody has looked for \(Int(RunnerSession.patience)) s while it waited"
  }
}
