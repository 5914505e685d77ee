import ArgumentParser
import Console
import OpsModel

/// Looks for the orphans of a source that a selection means.
struct OrphanSearch: Sendable {
  static let limit = 10_000

  let configuration: Configuration?
  let source: ConfiguredSource
  private let access: SourceAccess
  private let selection: DeadSelection
  private let clock: any OpsClock

  init(_ options: SharedOptions, _ name: String, _ selection: DeadSelection, _ clock: any OpsClock) throws {
    configuration = try options.load()
    ProcessSetup.begin()
    access = SourceAccess(configuration: configuration, clock: clock)
    source = try access.source(name)
    self.selection = selection
    self.clock = clock
  }

  func run() async -> Result<[DeadLetter], ExitCode> {
    do {
      guard let finder = try await access.connector(source) as? any OrphanFinder else {
        Output.error("\(source.name) is of kind \(SafeText(escaping: source.kind)), whose orphans can not be found")
        return .failure(ExitCode(64))
      }
      let all = try await finder.orphans(limit: Self.limit)
      let now = clock.now().unix
      return .success(Array(all.filter { selection.holds($0, now: now) }.prefix(selection.limit ?? .max)))
    } catch let failure as Failure {
      return .failure(SourceAccess.unavailable(source.name, failure))
    } catch { return .failure(error as? ExitCode ?? ExitCode(70)) }
  }
}
