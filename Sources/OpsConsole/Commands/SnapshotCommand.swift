import ArgumentParser
import Console
import OpsModel

/// `opsconsole snapshot`: observes every source once (or a few times, for rates) and prints the numbers.
struct SnapshotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot", abstract: "Observe every source and print the numbers.",
    discussion:
      "Exit codes: 0 done, 1 a critical alert fires, 69 a source is unavailable (the others are printed), 73 cannot be written, 78 configuration."
  )

  @OptionGroup var options: SharedOptions

  @Option(name: .long, help: "table or json.")
  var format = OutputFormat.table

  @Option(name: .long, help: "How often to observe; rates need at least 2.")
  var samples = 1

  @Option(name: .long, help: "Seconds between two observations.")
  var interval = 2.0

  @Option(
    name: .long,
    help: ArgumentHelp("Write everything as JSON into a new file of this name among the exports, and print where it is.", valueName: "name")
  )
  var evidence: String?

  func validate() throws {
    if let evidence, evidence.isEmpty || evidence.hasPrefix(".") || evidence.contains("/") {
      throw ValidationError("--evidence is the name of a file, without a folder")
    }
    guard (1...1000).contains(samples) else { throw ValidationError("--samples is a number from 1 to 1000") }
    guard interval >= 0.1, interval <= 3600 else { throw ValidationError("--interval is a number of seconds from 0.1 to 3600") }
  }

  func run() throws {
    let configuration = try options.load()
    ProcessSetup.begin()
    let clock = SystemClock()
    let taker = SnapshotTaker(clock: clock, maker: SourceMaker(clock: clock, isEager: true), environment: SharedOptions.variables)
    let named = options.environment ?? configuration?.environment ?? .production
    let result = Blocking.run { await taker.take(configuration, environment: named, samples: samples, interval: interval) }
    if let evidence { try write(result.document.json, evidence) } else { print(result.document) }
    if result.document.view.sources.isEmpty {
      let why: SafeText = configuration == nil ? "no configuration" : "the configuration names no source"
      Output.error("there is nothing to observe: \(why), and nothing was found on this host")
      for notice in result.looked { Output.error(notice.text) }
    }
    // What could be seen is written down: a source that does not answer is part of it.
    if evidence != nil { return }
    guard result.isComplete && !result.document.view.sources.isEmpty else { throw ExitCode(69) }
    let isCritical = result.document.isCritical
    if isCritical { throw ExitCode(1) }
  }

  private func write(_ document: JSONText, _ name: String) throws {
    let folder = FilePaths(environment: SharedOptions.variables).exportFolder
    let path = "\(folder)/\(name)"
    do throws(WriteFailure) {
      if let problem = FilePaths.folderProblem(folder) { throw problem }
      try FilePaths.save(document.renderedBytes(), new: path)
    } catch {
      Output.error("\(SafeText(escaping: path)) cannot be written: \(error.reason)")
      throw ExitCode(73)
    }
    Output.line(SafeText(escaping: path))
  }

  private func print(_ document: SnapshotDocument) {
    switch format {
    case .json: Output.json(document.json)
    case .table: for line in SnapshotTable(document: document).lines { Output.line(line) }
    }
  }
}

/// How a listing is printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case table, json
}
