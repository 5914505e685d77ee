import ArgumentParser
import Connectors
import Console
import Gate
import OpsModel

/// Looks for the orphans of a source that a selection means.
struct OrphanSearch: Sendable {
  static let limit = 10_000

  let configuration: Configuration?
  let maker: GateMaker
  let source: ConfiguredSource
  private let access: SourceAccess
  private let selection: DeadSelection
  private let clock: any OpsClock

  init(_ options: SharedOptions, _ name: String, _ selection: DeadSelection, _ clock: any OpsClock) throws {
    configuration = try options.load()
    let variables = SharedOptions.variables
    maker = GateMaker(
      configuration: configuration, options: options, paths: FilePaths(environment: variables), environment: variables, clock: clock)
    ProcessSetup.begin()
    access = SourceAccess(configuration: configuration, clock: clock)
    source = try access.source(name)
    self.selection = selection
    self.clock = clock
  }

  /// Where workers must be asked, they are asked through the gate; in read-only mode nobody is, and each orphan says so.
  func run(_ gate: Gate) async -> Result<[DeadLetter], ExitCode> {
    do {
      let now = clock.now().unix
      if ConnectorCatalogue.actuator(named: source.kind)?.asksForOrphans == true, case .readWrite = gate.mode {
        return .success(kept(try await gate.orphans(of: source.name, limit: Self.limit) ?? [], now))
      }
      guard let finder = try await access.connector(source) as? any OrphanFinder else {
        Output.error("\(source.name) is of kind \(SafeText(escaping: source.kind)), whose orphans can not be found")
        return .failure(ExitCode(64))
      }
      return .success(kept(try await finder.orphans(limit: Self.limit), now))
    } catch let refusal as GateRefusal {
      Output.error(refusal.sentence)
      return .failure(ExitCode(refusal.exitCode))
    } catch let failure as Failure {
      return .failure(SourceAccess.unavailable(source.name, failure))
    } catch { return .failure(error as? ExitCode ?? ExitCode(70)) }
  }

  private func kept(_ all: [DeadLetter], _ now: Double) -> [DeadLetter] {
    Array(all.filter { selection.holds($0, now: now) }.prefix(selection.limit ?? .max))
  }
}
