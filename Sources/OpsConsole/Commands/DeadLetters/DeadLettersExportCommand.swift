import ArgumentParser
import Console
import Gate
import OpsModel

/// `opsconsole dead-letters export SOURCE`
struct DeadLettersExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Print dead letters as JSON lines, one each; nothing is changed.")

  @OptionGroup var options: SharedOptions
  @OptionGroup var selection: SelectionOptions
  @Argument(help: "The source, as configured.") var source: String

  func validate() throws { try selection.requireSelection() }

  func run() throws {
    let configuration = try options.load()
    ProcessSetup.begin()
    let clock = SystemClock()
    let access = SourceAccess(configuration: configuration, clock: clock)
    let source = try access.source(source)
    let chosen = try selection.selection()
    let variables = SharedOptions.variables
    let maker = GateMaker(
      configuration: configuration, options: options, paths: FilePaths(environment: variables), environment: variables, clock: clock)
    let result = Blocking.run { () async -> Result<Void, any Error> in
      do {
        let store = try await access.store(source)
        var left = chosen.limit ?? .max
        var count = 0
        _ = try await DeadLetterWalk(store: store, scopes: try await chosen.scopes(of: store).map(\.key)).run { letters, _ in
          for letter in letters where left > 0 && chosen.holds(letter, now: clock.now().unix) {
            Output.jsonLine(DeadListing.line(letter, of: source.name, in: maker.owner))
            left -= 1
            count += 1
          }
          return left > 0 && !Output.isLost
        }
        await maker.make().note(
          "export", source.name,
          [
            ("file", .text("standard output")), ("letters", .int(count)), ("whole", .bool(!Output.isLost)),
          ])
        return .success(())
      } catch let failure as Failure {
        return .failure(SourceAccess.unavailable(source.name, failure))
      } catch { return .failure(error) }
    }
    try result.get()
  }
}
