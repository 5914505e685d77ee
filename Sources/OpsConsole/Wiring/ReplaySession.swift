import Canvas
import Console
import OpsModel
import Panels
import Terminal

/// Shows a tape: the console with nothing behind it that could be asked.
@MainActor
struct ReplaySession {
  let tape: String
  /// Where to begin; the end of the tape otherwise.
  let start: Double?
  let options: SharedOptions
  let paths: FilePaths
  let identity: Identity

  /// - Returns: the exit code.
  func run() -> Int32 {
    let finder = ThemeFinder(folders: paths.themeFolders)
    let theme = finder.find(options.theme)
    let keys = FilePaths.read(paths.keymapFile, limit: 1_048_576).map { KeymapFile.read($0, file: paths.keymapFile) }
    let clock = SystemClock()
    let app = ConsoleApp(
      catalogue: PanelCatalogue.all, keymap: keys?.keymap ?? .standard, identity: identity, theme: theme.theme, clock: clock,
      alerts: AlertBook(rules: []), isReplay: true)
    guard let app else { return 70 }
    let screen: TerminalScreen
    do throws(TerminalFailure) { screen = try TerminalScreen(look: options.look) } catch { return TerminalWords.refuse(error) }
    let log = LogFile(paths: paths)
    log.takeStandardError()
    defer {
      screen.close()
      log.giveStandardErrorBack()
    }
    let mailbox = Mailbox { TerminalScreen.wake() }
    let desk = TapeDesk(path: tape, mailbox: mailbox)
    let exporter = Exporter(paths: paths, environment: identity.environment)
    let runner = ConsoleRunner(app: app, screen: screen, mailbox: mailbox, clock: clock) { effect in
      switch effect {
      case .rewind(let place): desk.read(place)
      case .export(let text): mailbox.post(.message(exporter.write(screen: text, view: app.shown.view, now: app.shown.now)))
      case .record: mailbox.post(.message(Notice(.warning, "nothing is written to a tape that is replayed")))
      default: break
      }
    } everySecond: {
    }
    for effect in app.begin(start.map { .to($0) } ?? .end) { if case .rewind(let place) = effect { desk.read(place) } }
    return runner.run()
  }
}
