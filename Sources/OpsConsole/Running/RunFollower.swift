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

  init(_ folder: RunFolder, format: OutputFormat, clock: any OpsClock, after known: Int = 0) {
    self.folder = folder
    self.format = format
    self.clock = clock
    self.known = known
  }

  /// - Returns: the exit code of the run's standing.
  func follow() -> Int32 {
    let tail = JournalTail(folder.journal)
    var output = RunOutput(folder)
    var history = RunHistory()
    var seen = 0
    let began = clock.now()
    // As long as it stands, the run has somebody who looks.
    var client = RunnerClient(folder)
    while true {
      let isAlive = RunView.isAlive(folder)
      if client == nil, isAlive { client = RunnerClient(folder) }
      let records = tail.next()
      history.add(records)
      for record in records {
        seen += 1
        if seen > known { tell(record) }
      }
      for line in output.next() where format == .table { Output.line("    \(line.step)  \(line.text)") }
      let standing = RunStanding(history, isAlive: isAlive)
      // A runner that was just started has not written anything yet.
      let isYoung = clock.now().age(since: began) < 5 && seen <= known
      if !isAlive, !isYoung { return end(standing) }
      if standing == .waiting, isatty(STDOUT_FILENO) != 1, records.isEmpty == false {
        Output.error("it waits for a person: opsconsole runbook status \(folder.id.shown)")
      }
      usleep(100_000)
    }
  }

  private func tell(_ record: JournalRecord) {
    if format == .table { Output.line("\(Calendar.clock(record.at))  \(RunStory.line(record))") }
  }

  private func end(_ standing: RunStanding) -> Int32 {
    guard let view = RunView(folder) else { return 66 }
    switch format {
    case .json: RunText(view).print(.json)
    case .table:
      let message = RunText(view).message
      Output.line("\(folder.id.shown)  \(view.state.word)\(message.isEmpty ? "" : ": \(message)")")
      let said = FilePaths.read(folder.log, limit: 65_536) ?? ""
      if view.records.isEmpty, !said.isEmpty { Output.error(SafeText(escaping: said, limit: 600)) }
      if view.state.rests { Output.line("to take it up: opsconsole runbook resume \(folder.id.shown) --confirm '\(view.plan.typed)'") }
    }
    return view.state.code
  }
}
