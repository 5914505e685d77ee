import Canvas
import Console
import Gate
import OpsModel
import Panels
import StrictYAML
import Tape
import Terminal

/// One interactive run: takes the terminal, watches, draws, and gives everything back.
@MainActor
struct ConsoleSession {
  let configuration: Configuration?
  let options: SharedOptions
  let paths: FilePaths
  let environment: [String: String]

  /// - Returns: the exit code.
  func run() -> Int32 {
    let clock = PacedClock(variables: environment)
    let log = LogFile(paths: paths)
    let finder = ThemeFinder(folders: paths.themeFolders)
    let theme = finder.find(options.theme ?? configuration?.theme)
    let keys = FilePaths.read(paths.keymapFile, limit: 1_048_576).map { KeymapFile.read($0, file: paths.keymapFile) }
    let screen: TerminalScreen
    do throws(TerminalFailure) {
      screen = try TerminalScreen(look: options.look ?? configuration?.look)
    } catch {
      return TerminalWords.refuse(error)
    }
    log.takeStandardError()
    defer {
      screen.close()
      log.giveStandardErrorBack()
    }
    return run(on: screen, clock, finder, theme, keys)
  }

  private func run(
    on screen: TerminalScreen, _ clock: PacedClock, _ finder: ThemeFinder, _ theme: ThemeFinder.Found,
    _ keys: (keymap: Keymap, problems: [FileProblem])?
  ) -> Int32 {
    guard let app = makeApp(clock, theme, keys) else { return 70 }
    let mailbox = Mailbox { TerminalScreen.wake() }
    let presence = Presence(own: "\(identity.user)@\(identity.host)", canWrite: identity.readOnly == nil)
    let recorder = recorder(clock, mailbox)
    if recorder != nil { app.beginTape() }
    let tape: @Sendable (ConsoleEvent) -> Void = { event in
      if let recorder, let input = TapeInput(event) { recorder.post(input) }
    }
    let collector = Collector(clock: clock, pace: clock.pace) { event in
      mailbox.post(event)
      tape(event)
    }
    let found = FoundSources()
    let watcher = Watcher(
      collector: collector, mailbox: mailbox, maker: SourceMaker(clock: clock, presence: presence), environment: environment, clock: clock,
      found: found, tell: tape)
    let state = stateWatch(app, mailbox)
    for notice in notices(theme.problems + (keys?.problems ?? [])) { mailbox.post(.message(notice)) }
    if let notice = TerminalWords.likeness(screen.likeness) { mailbox.post(.message(notice)) }
    watcher.start(configuration)
    // What changes something goes by the machine's time at any pace.
    let desk = ActionDesk(
      maker: gateMaker(clock.machine, presence: presence), found: found, collector: collector, mailbox: mailbox, clock: clock.machine)
    let outside = makeOutside(watcher, collector, mailbox, desk, recorder, clock)
    let runner = ConsoleRunner(
      app: app, screen: screen, mailbox: mailbox, clock: clock, perform: { outside.perform($0, app.liveView, shown: app.shown) },
      everySecond: everySecond(ThemeWatch(finder: finder, found: theme, mailbox: mailbox), outside, state))
    if identity.readOnly == nil { Task.detached { await desk.opened().note("start", "console", []) } }
    // Connections end with the process; nothing waits for a server that does not answer.
    let code = runner.run()
    recorder?.close(within: 0.4)
    // Where the terminal is gone the process must be gone as well: its end is not written down then.
    if code == 0, identity.readOnly == nil { Blocking.run { await desk.opened().noteEnd() } }
    return code
  }

  /// What the drawing thread starts once a second.
  private func everySecond(_ themes: ThemeWatch, _ outside: Outside, _ state: StateWatch?) -> @MainActor () -> Void {
    var seconds = 0
    return {
      themes.look()
      seconds += 1
      ProcessSetup.settle(after: seconds)
      // Every other second: to wake a thread costs as much as the look itself.
      guard seconds % 2 == 0 else { return }
      Task.detached {
        await state?.look()
        await outside.quiet.look()
        await outside.runbooks.lookAtRuns()
      }
    }
  }

  /// Nil where nothing is changed from here anyway.
  private func stateWatch(_ app: ConsoleApp, _ mailbox: Mailbox) -> StateWatch? {
    guard identity.readOnly == nil else { return nil }
    _ = FilePaths.makeFolder(paths.state)
    let why = StateWatch.atStart(paths.auditFile)
    if why != nil { _ = app.handle(.unrecorded(why)) }
    return StateWatch(path: paths.auditFile, told: why, mailbox: mailbox)
  }

  /// What is to be said at the start.
  private func notices(_ problems: [FileProblem]) -> [Notice] {
    let hooks: [Notice] =
      !alerts.hooks.isEmpty && identity.readOnly != nil ? [Notice(.warning, "read-only: the programs of notify are not run")] : []
    let homeless = paths.stateProblem.map { [Notice(.warning, "nothing can be kept: \($0)")] } ?? []
    return problems.map { Notice(.warning, $0.line) } + hooks + homeless
  }

  private func makeApp(
    _ clock: any OpsClock, _ theme: ThemeFinder.Found, _ keys: (keymap: Keymap, problems: [FileProblem])?
  ) -> ConsoleApp? {
    ConsoleApp(
      catalogue: PanelCatalogue.all, keymap: keys?.keymap ?? .standard, identity: identity, theme: theme.theme, clock: clock,
      alerts: AlertBook(rules: alerts.rules, quiet: QuietFile(path: paths.quietFile(of: identity.owner)).read(now: clock.now().unix)),
      telling: AlertTelling(bell: alerts.bell, notification: alerts.notification))
  }

  private func makeOutside(
    _ watcher: Watcher, _ collector: Collector, _ mailbox: Mailbox, _ desk: ActionDesk, _ recorder: TapeRecorder?, _ clock: PacedClock
  ) -> Outside {
    let exporter = DeadExport(folder: paths.exportFolder, owner: identity.owner, gate: { await desk.opened() }, clock: clock)
    let dead = DeadDesk(collector: collector, mailbox: mailbox, clock: clock, exporter: exporter) { (source) throws(GateRefusal) in
      try await desk.orphans(of: source)
    }
    return Outside(
      watcher: watcher, collector: collector, mailbox: mailbox, exporter: Exporter(paths: paths, environment: identity.environment),
      dead: dead, desk: desk, runbooks: runbooks(desk, mailbox, clock.machine, recorder),
      files: FileDesk(paths: paths, owner: identity.owner, mailbox: mailbox, clock: clock),
      inspection: InspectionDesk(collector: collector, mailbox: mailbox),
      hooks: AlertHooks(programs: identity.readOnly == nil ? alerts.hooks : [:], clock: clock) { mailbox.post(.message($0)) },
      quiet: QuietKeeper(file: QuietFile(path: paths.quietFile(of: identity.owner)), clock: clock) { mailbox.post(.quiet($0)) },
      tape: TapeDesk(path: tape.path, owner: tape.owner, former: tape.former, mailbox: mailbox),
      recorder: recorder, clock: clock)
  }

  private func runbooks(_ desk: ActionDesk, _ mailbox: Mailbox, _ clock: any OpsClock, _ recorder: TapeRecorder?) -> RunbookDesk {
    RunbookDesk(
      configuration: configuration, options: options, paths: paths, maker: gateMaker(clock), mailbox: mailbox, clock: clock,
      gate: { await desk.opened() }, record: { recorder?.post(.event($0)) })
  }

  /// Nil where nothing can be recorded, or the configuration wants nothing. Opening it waits for nothing here.
  private func recorder(_ clock: any OpsClock, _ mailbox: Mailbox) -> TapeRecorder? {
    guard let settings = configuration?.tape ?? (configuration == nil ? TapeSettings() : nil) else {
      mailbox.post(.recording(.off))
      return nil
    }
    guard paths.stateProblem == nil else {
      mailbox.post(.recording(.failed("the account has no home folder")))
      return nil
    }
    let recorder = TapeRecorder(clock: clock) {
      mailbox.post(.recording($0))
    } say: {
      mailbox.post(.message(Notice($0.severity, "\($0.text); all else goes on")))
    }
    // Where it cannot be made, opening the tape says why.
    _ = FilePaths.makeFolder(paths.tapeFolder)
    recorder.open(tape.path, settings: settings, owner: tape.owner)
    return recorder
  }

  private var tape: TapePlace { TapePlace(configuration, options.environment, paths) }

  private var alerts: AlertSettings { configuration?.alerts ?? AlertSettings() }

  private func gateMaker(_ clock: any OpsClock, presence: Presence? = nil) -> GateMaker {
    GateMaker(
      configuration: configuration, options: options, paths: paths, environment: environment, clock: clock, presence: presence)
  }

  private var identity: Identity {
    SessionIdentity.make(configuration, options, environment, readOnly: gateMaker(SystemClock()).whyReadOnly)
  }
}
