import ArgumentParser
import Console
import Glibc
import OpsModel
import Panels
import StrictYAML

/// `opsconsole wallboard`: pages that turn by themselves; nothing can be done on it.
struct WallboardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wallboard", abstract: "A read-only board for a wall.",
    discussion: """
      The worst comes first; q leaves it. It can do nothing to any server, runs no program and writes no file but its log, so that it may be \
      the forced command of a key in authorized_keys. Exit codes: 0 left, 64 usage or no terminal, 78 configuration.
      """)

  @OptionGroup var options: SharedOptions

  @Flag(name: .long, help: "No key ends it; SIGTERM does.")
  var kiosk = false

  @Option(name: .long, help: "Pages in their order, with commas; composed by itself otherwise.")
  var pages: String?

  @Option(name: .long, help: "Seconds that a page stays.")
  var rotate: Double?

  func validate() throws {
    if let rotate, !(2...3600).contains(rotate) { throw ValidationError("--rotate is a number of seconds from 2 to 3600") }
    if let pages { for page in Self.split(pages) { try Self.check(page) } }
  }

  private static func split(_ text: String) -> [String] { text.split(separator: ",").map { $0.filter { $0 != " " } } }

  private static func check(_ page: String) throws {
    let known = WallCatalogue.all.map(\.id)
    guard known.contains(page) else { throw ValidationError(FieldReader.unknown("page", page, known).text) }
  }

  func run() throws {
    if kiosk { for number in [SIGINT, SIGQUIT, SIGTSTP] { signal(number, SIG_IGN) } }
    let configuration = try options.load()
    let variables = SharedOptions.variables
    var settings = configuration?.wall ?? WallSettings()
    if kiosk { settings.isKiosk = true }
    if let rotate { settings.rotate = rotate }
    if let pages { settings.pages = Self.split(pages) }
    let chosen = settings
    // Also before the terminal is taken no key may end it.
    if chosen.isKiosk { for number in [SIGINT, SIGQUIT, SIGTSTP] { signal(number, SIG_IGN) } }
    let code = MainActor.assumeIsolated {
      ProcessSetup.begin()
      return WallSession(
        configuration: configuration, settings: chosen, options: options, paths: FilePaths(environment: variables), environment: variables,
        identity: SessionIdentity.make(configuration, options, variables, readOnly: "a wallboard looks only")
      ).run()
    }
    fflush(nil)
    _exit(code)
  }
}
