import ArgumentParser
import Console
import OpsModel

/// `opsconsole dead-letters list SOURCE`
struct DeadLettersListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List dead letters, the newest first.")

  @OptionGroup var options: SharedOptions
  @OptionGroup var selection: SelectionOptions
  @Argument(help: "The source, as configured.") var source: String
  @Option(name: .long, help: "table or json.") var format = OutputFormat.table

  func run() throws {
    let configuration = try options.load()
    ProcessSetup.begin()
    let clock = SystemClock()
    let access = SourceAccess(configuration: configuration, clock: clock)
    let source = try access.source(source)
    var chosen = try selection.selection()
    let limit = chosen.limit ?? (selection.all ? .max : 100)
    chosen.limit = nil
    let wanted = chosen
    let result = Blocking.run { () async -> Result<DeadListing, any Error> in
      do {
        return .success(try await DeadListing.read(try await access.store(source), wanted, limit: limit, now: clock.now().unix))
      } catch let failure as Failure {
        return .failure(SourceAccess.unavailable(source.name, failure))
      } catch { return .failure(error) }
    }
    let listing = try result.get()
    switch format {
    case .json: Output.json(listing.json(source.name, at: clock.now()))
    case .table: for line in listing.lines(now: clock.now().unix) { Output.line(line) }
    }
  }
}
