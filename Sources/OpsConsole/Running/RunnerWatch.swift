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

  func begin() {
    let made = RunnerSocket(session.folder) { [weak self] in self?.take($0) ?? "" }
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

  private func take(_ wish: RunnerSocket.Wish) -> SafeText {
    switch wish {
    case .pause(let by):
      let note = note
      Task.detached { [self] in
        await note("pause", by)
        control.want(.pause(reason: "paused by \(by)"))
        stopBatches()
      }
      return "it pauses after this step, or this batch"
    case .cancel(let by):
      let (desk, control, note) = (desk, control, note)
      Task.detached {
        await note("cancel", by)
        control.want(.cancel(reason: "cancelled by \(by)"))
        await desk.cancel("")
      }
      return "it is cancelled: what runs is ended, and the steps that are always done follow"
    case .answer(let step, let choice, let by):
      control.answer(step, choice)
      return "answered \(SafeText(escaping: choice, limit: 60)) by \(SafeText(escaping: by, limit: 60))"
    case .ask(let by):
      output.add("", Array("\(SafeText(escaping: by, limit: 60).text) asks to be let in\n".utf8))
      return "told"
    }
  }

  /// A bulk action ends between two batches; programs go on to their end.
  private func stopBatches() {
    for control in desk.operations.withLock({ Array($0.values) }) { control.stop() }
  }

  /// The machine shuts down, or somebody ends the runner: the step has its time, and then it is ended.
  private func shutDown() {
    control.want(.pause(reason: "shutdown"))
    stopBatches()
    let desk = desk
    Task.detached {
      try? await Task.sleep(for: .seconds(RunnerSession.shutdown))
      await desk.cancel("")
    }
  }

  /// Once a second: output to the disk, and whether anybody looks.
  private func look() {
    var alone = session.clock.now()
    var isTold = false
    while !isOver.withLock({ $0 }) {
      sleep(1)
      output.flush()
      let now = session.clock.now()
      if (socket.withLock { $0?.count ?? 0 }) > 0 { alone = now }
      guard now.age(since: alone) > RunnerSession.patience, !isTold else { continue }
      switch session.runbook.onDisconnect {
      case .goOn: continue
      case .finishStep:
        isTold = true
        control.want(.pause(reason: "nobody has looked for \(Int(RunnerSession.patience)) s"))
        stopBatches()
      case .cancel:
        isTold = true
        control.want(.cancel(reason: "nobody has looked for \(Int(RunnerSession.patience)) s"))
        let desk = desk
        Task.detached { await desk.cancel("") }
      }
    }
  }
}
