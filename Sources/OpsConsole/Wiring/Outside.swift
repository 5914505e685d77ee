import Console
import OpsModel
import Tape

/// Does what the console wants done outside of itself. Tasks are detached: the thread that draws waits for keys and runs none.
struct Outside: Sendable {
  let watcher: Watcher
  let collector: Collector
  let mailbox: Mailbox
  let exporter: Exporter
  let dead: DeadDesk
  let desk: ActionDesk
  let runbooks: RunbookDesk
  let files: FileDesk
  let inspection: InspectionDesk
  let hooks: AlertHooks
  let quiet: QuietKeeper
  let tape: TapeDesk
  /// Nil where nothing is recorded.
  let recorder: TapeRecorder?
  let clock: any OpsClock

  /// - Parameter shown: what is on the screen, and of when it is.
  func perform(_ effect: Effect, _ view: StoreView, shown: @autoclosure () -> (view: StoreView, now: Moment)) {
    switch effect {
    case .look(let queue): watcher.look(into: queue)
    case .pollNow: collector.pollNow()
    case .export(let text):
      let shown = shown()
      mailbox.post(.message(exporter.write(screen: text, view: shown.view, now: shown.now)))
    case .study(let source): dead.study(source.map { [$0] } ?? view.sources.filter(\.canShowDead).map(\.name))
    case .stopStudy: dead.stop()
    case .listDead(let request): dead.list(request)
    case .inspect(let source, let target): dead.inspect(source, target)
    case .prepare(let draft, let number): Task.detached { await desk.prepare(draft, number) }
    case .perform(let answer, let isStaged, let number): Task.detached { await desk.perform(answer, isStaged: isStaged, number) }
    case .stopAction: Task.detached { await desk.stop() }
    case .cancelAction(let number): Task.detached { await desk.cancel(number) }
    case .listQuarantine(let source): files.list(source)
    case .exportDead(let request): dead.export(request)
    case .runbook(let effect): Task.detached { await runbooks.perform(effect) }
    case .readAudit: files.readAudit()
    case .explain(let request): inspection.explain(request)
    case .examine(let source): inspection.examine(source)
    case .hygiene(let sources): for source in sources { inspection.hygiene(source) }
    case .detail(let process): inspection.detail(process)
    case .attend: collector.attend()
    case .rest(let isResting): collector.rest(isResting)
    case .rewind(let place): tape.read(place)
    case .tape(let tick): recorder?.post(.tick(tick))
    case .record(let event):
      if let recorder {
        recorder.post(.event(event))
      } else if event.kind == .note {
        mailbox.post(.message(Notice(.warning, "the note is shown and not kept: nothing is recorded")))
      }
    case .alerts(let changes): Task.detached { await hooks.take(changes) }
    case .saveQuiet(let edits): Task.detached { if let problem = await quiet.keep(edits) { mailbox.post(.message(problem)) } }
    case .copy, .redraw, .ring, .announce: break
    }
  }
}
