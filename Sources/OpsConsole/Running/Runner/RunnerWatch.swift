import Dispatch
import Gate
import Glibc
import OpsModel
import Runbooks
import Synchronization

/// Beside a run: viewers and their wishes, signals, and what happens when nobody looks.
final class RunnerWatch: Sendable {
  private let session: RunnerSession
  private let control: RunControl
  private let desk: StepDesk
  private let output: OutputLog
  private let socket = Mutex<RunnerSocket?>(nil)
  /// Set once, before the run begins.
  nonisolated(unsafe) private var signals: [any DispatchSourceSignal] = []
  private let isOver = Mutex(false)

  /// Writes a wish down before it is acted on.
  private let note: @Sendable (String, String) async -> Void

  init(
    session: RunnerSession, control: RunControl, desk: StepDesk, output: OutputLog, note: @escaping @Sendable (String, String) async -> Void
  ) {
    self.note = note
    self.session = session
    self.control = control
    self.desk = desk
    self.output = output
  }

  /// - Parameter open: the socket of a run that waited for its lock, with those who look.
  func begin(_ open: RunnerSocket?) {
    let take = { @Sendable [weak self] (wish: RunnerSocket.Wish) -> RunnerReply in self?.take(wish) ?? .refused("the run has ended") }
    open?.hand(to: take)
    let made = open ?? RunnerSocket(session.folder, clock: session.clock, take: take)
    socket.withLock { $0 = made }
    for number in [SIGTERM, SIGINT, SIGHUP] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { [weak self] in self?.shutDown() }
      source.resume()
      signals.append(source)
    }
    ThreadStart.detach { self.look() }
  }

  func end() {
    isOver.withLock { $0 = true }
    unlink(session.folder.socket)
  }

  private func take(_ wish: RunnerSocket.Wish) -> RunnerReply {
    switch wish {
    case .pause(let by): return pause(by)
    case .cancel(let by): return cancel(by)
    case .answer(let step, let choice, let by):
      return RunnerReply(
        control.answer(step, choice, by: by),
        taken: "answered \(SafeText(escaping: choice, limit: 60)) by \(SafeText(escaping: by, limit: 60))")
    case .ask(let by):
      output.add("", Array("\(SafeText(escaping: by, limit: 60).text) asks to be let in\n".utf8))
      return .taken("told")
    }
  }

  private func pause(_ by: String) -> RunnerReply {
    let reply = control.claim(.pause(reason: "paused by \(by)"))
    if reply == .taken {
      let note = note
      Task.detached { [self] in
        await note("pause", by)
        control.want(.pause(reason: "paused by \(by)"))
        desk.stopBatches()
      }
    }
    return RunnerReply(reply, taken: "it pauses after this step, or this batch")
  }

  private func cancel(_ by: String) -> RunnerReply {
    let reply = control.claim(.cancel(reason: "cancelled by \(by)"))
    if reply == .taken {
      let (desk, control, note) = (desk, control, note)
      Task.detached {
        await note("cancel", by)
        control.want(.cancel(reason: "cancelled by \(by)"))
        await desk.cancel()
      }
    }
    return RunnerReply(
      reply,
      taken: "it is cancelled: what runs is ended, and the steps that are always done follow; what is in doubt then is asked about first")
  }

  /// The machine shuts down, or somebody ends the runner: the step has its time, and then it is ended.
  private func shutDown() {
    control.want(.pause(reason: "shutdown"))
    desk.stopBatches()
    let desk = desk
    Task.detached {
      try? await Task.sleep(for: .seconds(RunnerSession.shutdown))
      desk.endAll()
    }
  }

  /// Once a second: output to the disk, and whether anybody looks.
  private func look() {
    var alone = session.clock.now()
    var last = alone
    var isTold = false
    while !isOver.withLock({ $0 }) {
      sleep(1)
      output.flush()
      let now = session.clock.now()
      // Time in which this process itself stood still is nobody's absence: whoever looks could not come in.
      let stoodStill = now.age(since: last) > 5
      last = now
      if stoodStill || socket.withLock({ $0?.isSeen(within: RunnerSession.patience / 2) ?? false }) { alone = now }
      guard now.age(since: alone) > RunnerSession.patience, !isTold else { continue }
      switch session.runbook.onDisconnect {
      case .goOn: continue
      case .finishStep:
        isTold = true
        control.want(.pause(reason: "nobody has looked for \(Int(RunnerSession.patience)) s"))
        desk.stopBatches()
      case .cancel:
        isTold = true
        control.want(.cancel(reason: "nobody has looked for \(Int(RunnerSession.patience)) s"))
        let desk = desk
        Task.detached { await desk.cancel() }
      }
    }
  }
}
