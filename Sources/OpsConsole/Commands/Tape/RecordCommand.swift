import ArgumentParser
import Console
import Glibc
import OpsModel
import Tape

/// `opsconsole record`: watches without a screen, writes the tape and runs the programs of alerts.
struct RecordCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record", abstract: "Watch without a screen, and write the tape.",
    discussion: """
      Ends with SIGTERM or SIGINT. Programs of `notify` are run, unless it is read-only; with them it goes on where the tape can not be \
      written. Exit codes: 0 ended, 73 the tape cannot be written or is of another environment, 78 configuration.
      """)

  @OptionGroup var options: SharedOptions

  @Option(name: .long, help: "The tape (default: your own of this environment and configuration).")
  var tape: String?

  @Option(name: .customLong("for"), help: "Seconds to record; for ever otherwise.")
  var seconds: Double?

  @Flag(name: .long, help: "Print alerts as they begin and end.")
  var verbose = false

  func validate() throws {
    if tape?.isEmpty == true { throw ValidationError("--tape needs the name of a file") }
  }

  func run() throws {
    let configuration = try options.load()
    ProcessSetup.begin()
    let variables = SharedOptions.variables
    let paths = FilePaths(environment: variables)
    let place = TapePlace(configuration, options.environment, paths)
    let path = tape.map { FilePaths.expand($0) } ?? place.path
    let clock = PacedClock(variables: variables)
    let settings = try Self.settings(configuration)
    if tape == nil { _ = FilePaths.makeFolder(paths.tapeFolder) }
    let ending = EndingSignals()
    let alerts = configuration?.alerts ?? AlertSettings()
    let maker = GateMaker(configuration: configuration, options: options, paths: paths, environment: variables, clock: clock)
    // Whoever is paged by this must be paged as well when the disk is full.
    let pages = maker.whyReadOnly == nil && !alerts.hooks.isEmpty
    let recorder = Self.recorder(path, clock, ending, pages: pages)
    recorder.open(path, settings: settings, owner: place.owner)
    let hooks = AlertHooks(programs: pages ? alerts.hooks : [:], clock: clock) { Output.error($0.text) }
    let began = clock.now()
    var watch = SilentWatch(configuration: configuration, environment: variables, clock: clock)
    watch.quiet = QuietFile(path: paths.quietFile(of: place.owner))
    watch.tee = { if let input = TapeInput($0) { recorder.post(input) } }
    watch.tape = { recorder.post(.tick($0)) }
    let runs = RunWatch(paths, since: began.unix, of: place.owner.environment, configuration: configuration?.file)
    watch.run { _, now, changes in
      for event in runs.look() { recorder.post(.event(event)) }
      if !changes.isEmpty { Task.detached { await hooks.take(changes) } }
      if verbose { for change in changes { Output.line(Self.line(change)) } }
      return ending.code != nil || now.age(since: began) >= seconds ?? .infinity
    }
    recorder.close(within: 5)
    if let code = ending.code, code != 0 { throw ExitCode(code) }
  }

  private static func recorder(_ path: String, _ clock: any OpsClock, _ ending: EndingSignals, pages: Bool) -> TapeRecorder {
    TapeRecorder(clock: clock) { state in
      guard case .elsewhere(let pid) = state else { return }
      let who: SafeText = pid.map { "process \($0)" } ?? "another process"
      Output.error("\(who) writes to \(SafeText(escaping: path)) already")
      ending.end(Program.cannotWrite)
    } say: { notice in
      Output.error(notice.text)
      if !pages { ending.end(Program.cannotWrite) }
    }
  }

  private static func settings(_ configuration: Configuration?) throws -> TapeSettings {
    guard let settings = configuration?.tape ?? (configuration == nil ? TapeSettings() : nil) else {
      Output.error("the configuration says that nothing is recorded (tape: {off: true})")
      throw ExitCode(78)
    }
    return settings
  }

  private static func line(_ change: AlertChange) -> SafeText {
    "\(Calendar.stamp(change.at.unix)) \(SafeText(escaping: change.kind.rawValue)) \(change.alert.severity.word) \(change.alert.id.source) \(change.alert.name): \(change.alert.summary ?? "")"
  }
}
