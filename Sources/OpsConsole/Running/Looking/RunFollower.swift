import Glibc
import OpsModel
import Runbooks

/// Looks at a run until it ends or waits for a person, and prints what happens.
struct RunFollower {
  let folder: RunFolder
  let format: OutputFormat
  let clock: any OpsClock
  /// Records that were told before.
  let known: Int
  /// Whose fingers they are; nil for one who may only look.
  let hand: SafeText?

  init(_ folder: RunFolder, _ scene: RunbookScene, format: OutputFormat, after known: Int = 0) {
    self.folder = folder
    self.format = format
    clock = scene.clock
    self.known = known
    hand = scene.maker.whyReadOnly == nil ? SafeText(escaping: scene.who, limit: 100) : nil
  }

  /// Seconds that a runner may take to begin.
  private static let youth = 5.0
  /// The exit code where the terminal is gone: as after SIGHUP.
  private static let hungUp: Int32 = 129

  /// - Returns: the exit code of the run's standing.
  func follow() -> Int32 {
    let tail = JournalTail(folder.journal)
    var output = RunOutput(folder)
    // What ended well is counted and forgotten: nobody asks a follower for it.
    var outline = RunOutline(totals: [:])
    let logged = FilePaths.size(of: folder.log) ?? 0
    var seen = 0
    let began = clock.now()
    var viewing = Viewing(folder, clock: clock, counts: hand != nil)
    var pausedAt: Moment?
    var wanted: RunFingers.Wish?
    if hand != nil { RunFingers.watch() }
    while true {
      if let wish = Output.isLost ? .leave : RunFingers.next(pausedAt: pausedAt, now: clock.now()) {
        if wish == .leave { return leave() }
        wanted = wish
        pausedAt = clock.now()
      }
      let isAlive = RunView.isAlive(folder)
      guard viewing.look(isAlive: isAlive) else { return unseen() }
      // A new runner may not listen yet. The wish is sent as soon as it does.
      if let wish = wanted, viewing.client != nil || clock.now().age(since: began) >= Self.youth {
        press(wish, viewing.client)
        wanted = nil
      }
      let records = tail.next()
      outline.add(records)
      for record in records.dropFirst(max(0, known - seen)) { tell(record) }
      seen += records.count
      let lines = output.next()
      tell(lines)
      let standing = RunStanding(outline.history, isAlive: isAlive)
      // A runner that was just started has not written anything yet.
      let isYoung = clock.now().age(since: began) < Self.youth && seen <= known
      if !isAlive, !isYoung, !tail.isBehind, records.isEmpty, lines.isEmpty { return end(isNew: seen > known, logged) }
      if standing == .waiting, !records.isEmpty { tellThatItWaits() }
      if records.isEmpty, lines.isEmpty { usleep(100_000) }
    }
  }

  /// - Returns: the exit code where nobody can see what is printed.
  private func unseen() -> Int32 {
    // A pipe whose reader left ends this command as it ends every filter: by its own signal.
    if Onlooker.printsToPipe { Output.line("") }
    return Self.hungUp
  }

  private func tell(_ lines: [RunOutput.Line]) {
    for line in lines where format == .table { Output.line("    \(line.step)  \(line.text)") }
  }

  private func tellThatItWaits() {
    if isatty(STDOUT_FILENO) != 1 { Output.error("it waits for a person: opsconsole runbook status \(folder.id.shown)") }
  }

  private func press(_ wish: RunFingers.Wish, _ client: RunnerClient?) {
    guard let client, let hand, let reply = client.wish(wish == .pause ? "pause" : "cancel", by: hand) else {
      return Output.error("no runner hears it; Ctrl-\\ stops looking")
    }
    let more: SafeText = "; Ctrl-C within \(Int(RunFingers.patience)) s cancels the step, Ctrl-\\ only stops looking"
    Output.error(wish == .pause && reply.isTaken ? reply.words + more : reply.words)
  }

  private func leave() -> Int32 {
    Output.error("not looked at any more; the run goes on as its on_disconnect says: opsconsole runbook attach \(folder.id.shown)")
    return 0
  }

  private func tell(_ record: JournalRecord) {
    if format == .table { Output.line("\(Calendar.clock(record.at))  \(RunStory.line(record))") }
  }

  /// - Parameters:
  ///   - isNew: something was written down since we came.
  ///   - logged: bytes that runners had said before.
  private func end(isNew: Bool, _ logged: Int) -> Int32 {
    guard let view = RunView(folder) else { return 66 }
    if !isNew, let said = RunnerLog.said(folder, after: logged) { Output.error(said) }
    switch format {
    case .json: RunText(view).print(.json)
    case .table:
      let message = RunText(view).message
      Output.line("\(folder.id.shown)  \(view.state.word)\(message.isEmpty ? "" : ": \(message)")")
      if let offer = view.offer { Output.line(offer) }
      if view.state.rests { Output.line("to resume: \(view.resuming)") }
    }
    return view.state.code
  }
}
