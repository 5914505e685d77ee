import ArgumentParser
import Console
import OpsModel

/// `opsconsole suspects`: watches for a while and prints what probably causes what is wrong.
struct SuspectsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suspects", abstract: "Watch for a while and print probable causes, the likeliest first.",
    discussion: """
      Most causes are told by what changed, so that it takes some seconds. With --watch it goes on and prints anew whenever the list changes; \
      JSON is one document per line then. Exit codes: 0 nothing is suspected, 1 something is, 69 no source could be read, 78 configuration.
      """)

  @OptionGroup var options: SharedOptions

  @Option(name: .long, help: "table or json.")
  var format = OutputFormat.table

  @Option(name: .customLong("for"), help: "Seconds to watch.")
  var seconds = 15.0

  @Flag(name: .long, help: "Go on, and print whenever the list changes.")
  var watch = false

  func validate() throws {
    guard seconds >= 2, seconds <= 3600 else { throw ValidationError("--for is a number of seconds from 2 to 3600") }
  }

  func run() throws {
    let configuration = try options.load()
    ProcessSetup.begin()
    let clock = PacedClock(variables: SharedOptions.variables)
    let named = options.environment ?? configuration?.environment ?? .production
    let began = clock.now()
    var last = StoreView()
    var printed: [ResourceID]?
    SilentWatch(configuration: configuration, environment: SharedOptions.variables, clock: clock).run { view, now, _ in
      last = view
      guard watch else { return now.age(since: began) >= seconds }
      if printed != view.suspects.map(\.id) {
        printed = view.suspects.map(\.id)
        tell(view, named, now, isLine: true)
      }
      return Output.isLost
    }
    tell(last, named, clock.now(), isLine: false)
    guard last.sources.contains(where: { $0.reading.value != nil }) else { throw ExitCode(69) }
    if !last.suspects.isEmpty { throw ExitCode(1) }
  }

  private func tell(_ view: StoreView, _ named: Environment, _ now: Moment, isLine: Bool) {
    if format == .json {
      let document = SuspectJSON.document(view, environment: named, at: now)
      if isLine { Output.jsonLine(document) } else { Output.json(document) }
      return
    }
    if view.suspects.isEmpty { Output.line("nothing is suspected") }
    for suspect in view.suspects {
      let sign: SafeText = suspect.isCorrelation ? "moved with it" : suspect.severity.word
      Output.line("\(sign)  \(suspect.title)  (\(suspect.rule), since \(Calendar.clock(suspect.since)))")
      for evidence in suspect.evidence { Output.line("    \(evidence.text)") }
      if let advice = suspect.advice { Output.line("    usually: \(advice)") }
    }
    for source in view.sources { if let trouble = source.trouble(at: now) { Output.error("\(source.name): \(trouble)") } }
  }
}
