import ArgumentParser
import Console
import OpsModel

/// `opsconsole dead-letters show SOURCE --id ID`
struct DeadLettersShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show all that is known of one dead letter: fields, arguments, traceback, raw bytes.")

  @OptionGroup var options: SharedOptions
  @OptionGroup var selection: SelectionOptions
  @Argument(help: "The source, as configured.") var source: String
  @Option(name: .long, help: "table or json.") var format = OutputFormat.table

  func validate() throws {
    guard selection.id.count == 1 else { throw ValidationError("show needs one --id") }
  }

  func run() throws {
    let configuration = try options.load()
    ProcessSetup.begin()
    let clock = SystemClock()
    let access = SourceAccess(configuration: configuration, clock: clock)
    let source = try access.source(source)
    let chosen = try selection.selection()
    let result = Blocking.run { () async -> Result<DeadLetterDetail?, any Error> in
      do {
        let store = try await access.store(source)
        let targets = try await chosen.targets(in: store, now: clock.now().unix)
        guard !targets.isEmpty else { return .success(nil) }
        return .success(try await store.inspect(targets[0]))
      } catch let failure as Failure {
        return .failure(SourceAccess.unavailable(source.name, failure))
      } catch { return .failure(error) }
    }
    guard let detail = try result.get() else {
      Output.error("there is no dead letter of this id")
      throw ExitCode(1)
    }
    switch format {
    case .json: Output.json(DeadDetailText.json(detail, source: source.name))
    case .table: for line in DeadDetailText.lines(detail) { Output.line(line) }
    }
  }
}
