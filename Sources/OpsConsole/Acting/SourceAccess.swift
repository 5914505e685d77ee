import ArgumentParser
import Connectors
import OpsModel
import StrictYAML

/// Finds a configured source by its name and makes its connector, for commands that are about one source.
struct SourceAccess {
  let configuration: Configuration?
  let clock: any OpsClock
  var isEager = false

  /// - Throws: `ExitCode` 64 for a name that is not configured, 78 where nothing is.
  func source(_ name: String) throws -> ConfiguredSource {
    guard let configuration, !configuration.sources.isEmpty else {
      Output.error("no source is configured: opsconsole init > ~/.config/opsconsole/config.yaml, or --config FILE")
      throw ExitCode(78)
    }
    if let found = configuration.sources.first(where: { $0.name.text == name }) { return found }
    Output.error(FieldReader.unknown("source", name, configuration.sources.map(\.name.text)))
    throw ExitCode(64)
  }

  /// - Throws: `ExitCode` 64 where this kind of source has no dead letters.
  func store(_ source: ConfiguredSource) async throws -> any DeadLetterStore {
    guard let store = try await connector(source) as? any DeadLetterStore else {
      Output.error("\(source.name) is of kind \(SafeText(escaping: source.kind)), which has no dead letters")
      throw ExitCode(64)
    }
    return store
  }

  func connector(_ source: ConfiguredSource) async throws -> any Connector {
    do throws(Failure) {
      return try await SourceMaker(clock: clock, isEager: isEager).connector(of: source)
    } catch {
      throw Self.unavailable(source.name, error)
    }
  }

  static func unavailable(_ name: SafeText, _ failure: Failure) -> ExitCode {
    Output.error("\(name): \(failure.sentence(age: nil))")
    return ExitCode(failure.exitCode)
  }
}
