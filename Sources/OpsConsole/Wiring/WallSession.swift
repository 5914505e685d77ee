import Canvas
import Console
import OpsModel
import Panels
import StrictYAML
import Terminal

/// The wallboard on this terminal. Nothing here knows the gate or an actuator: connectors look, and that is all there is.
@MainActor
struct WallSession {
  let configuration: Configuration?
  let settings: WallSettings
  let options: SharedOptions
  let paths: FilePaths
  let environment: [String: String]
  let identity: Identity

  /// - Returns: the exit code.
  func run() -> Int32 {
    let clock = PacedClock(variables: environment)
    let finder = ThemeFinder(folders: paths.themeFolders)
    // Where the themes are not installed beside the binary nobody has chosen a wrong one.
    let own = finder.names.contains("wallboard") ? "wallboard" : nil
    let theme = finder.find(options.theme ?? configuration?.wallTheme ?? own)
    let screen: TerminalScreen
    do throws(TerminalFailure) {
      screen = try TerminalScreen(look: options.look ?? configuration?.look, keySignals: settings.isKiosk ? .none : .noSuspend)
    } catch {
      return TerminalWords.refuse(error)
    }
    let log = LogFile(paths: paths)
    log.takeStandardError()
    defer {
      screen.close()
      log.giveStandardErrorBack()
    }
    let app = makeApp(clock, theme.theme)
    let mailbox = Mailbox { TerminalScreen.wake() }
    let collector = Collector(clock: clock, pace: clock.pace) { mailbox.post($0) }
    let presence = Presence(own: "\(identity.user)@\(identity.host)", canWrite: false)
    Watcher(
      collector: collector, mailbox: mailbox, maker: SourceMaker(clock: clock, presence: presence), environment: environment, clock: clock,
      found: FoundSources()
    ).start(configuration)
    for problem in theme.problems { mailbox.post(.message(Notice(.warning, problem.line))) }
    let quiet = QuietKeeper(file: QuietFile(path: paths.quietFile(of: identity.owner)), clock: clock) { mailbox.post(.quiet($0)) }
    let themes = ThemeWatch(finder: finder, found: theme, mailbox: mailbox)
    var seconds = 0
    // Whatever a page might ask for is not done: there is nobody to do it.
    let runner = ConsoleRunner(app: app, screen: screen, mailbox: mailbox, clock: clock) { _ in
    } everySecond: {
      themes.look()
      seconds += 1
      ProcessSetup.settle(after: seconds)
      Task.detached { await quiet.look() }
    }
    return runner.run()
  }

  private func makeApp(_ clock: PacedClock, _ theme: Theme) -> WallboardApp {
    let quiet = QuietFile(path: paths.quietFile(of: identity.owner)).read(now: clock.now().unix)
    return WallboardApp(
      pages: WallCatalogue.all, settings: settings, identity: identity, theme: theme, clock: clock,
      alerts: AlertBook(rules: configuration?.alerts.rules ?? WatchRule.builtIn, quiet: quiet))
  }
}
