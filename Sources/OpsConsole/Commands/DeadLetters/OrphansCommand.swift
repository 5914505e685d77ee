import ArgumentParser
import Console
import Gate
import OpsModel

/// `opsconsole orphans …`
struct OrphansCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "orphans", abstract: "List and recover work in flight whose worker is gone.",
    subcommands: [OrphansListCommand.self, OrphansRecoverCommand.self])
}

/// `opsconsole orphans list SOURCE`
struct OrphansListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List orphans, each with why it is taken for one.")

  @OptionGroup var options: SharedOptions
  @OptionGroup var selection: SelectionOptions
  @Argument(help: "The source, as configured.") var source: String
  @Option(name: .long, help: "table or json.") var format = OutputFormat.table

  func run() throws {
    let clock = SystemClock()
    let search = try OrphanSearch(options, source, try selection.selection(), clock)
    let letters = try Blocking.run { await search.run(await search.maker.make()) }.get()
    switch format {
    case .json:
      Output.json(
        .object([
          ("schema", .int(1)), ("at", .text(Calendar.stamp(clock.now().unix))), ("source", .text(search.source.name)),
          ("orphans", .array(letters.map(DeadListing.json))),
        ]))
    case .table:
      var listing = DeadListing()
      listing.letters = letters
      listing.progress = .init(total: letters.count)
      for line in listing.lines(now: clock.now().unix) { Output.line(line) }
    }
  }
}

/// `opsconsole orphans recover SOURCE`
struct OrphansRecoverCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recover", abstract: "Give orphans back to their queues, each in one step, if their worker is still gone then.")

  @OptionGroup var options: SharedOptions
  @OptionGroup var selection: SelectionOptions
  @OptionGroup var operation: OperationOptions
  @Argument(help: "The source, as configured.") var source: String
  @Option(name: .long, help: "table or json.") var format = OutputFormat.table

  func validate() throws { try selection.requireSelection() }

  func run() throws {
    let clock = SystemClock()
    let search = try OrphanSearch(options, source, try selection.selection(), clock)
    let (operation, format, pace) = (operation, format, try operation.pace())
    let code = Blocking.run { () async -> Int32 in
      let gate = await search.maker.make()
      var targets = TargetList()
      if case .readWrite = gate.mode {
        switch await search.run(gate) {
        case .success(let letters): targets = TargetList(letters.filter { $0.whyNot == nil }.map(\.target))
        case .failure(let code): return code.rawValue
        }
      }
      return await OperationRunner(gate: gate, options: operation, format: format).run(
        Operation(.recover, source: search.source.name, targets: targets, pace: pace))
    }
    if code != 0 { throw ExitCode(code) }
  }
}
