import ArgumentParser
import Console
import Gate
import OpsModel

/// Selects, freezes and acts, for `retry` and `discard`.
struct DeadAction {
  let verb: Verb
  let options: SharedOptions
  let source: String
  let selection: SelectionOptions
  let operation: OperationOptions
  let format: OutputFormat
  var arguments: [String: String] = [:]

  func run() throws {
    let configuration = try options.load()
    ProcessSetup.begin()
    let clock = SystemClock()
    let access = SourceAccess(configuration: configuration, clock: clock)
    let source = try access.source(source)
    let chosen = try selection.selection()
    let pace = try operation.pace()
    let staging = operation.staging
    let variables = SharedOptions.variables
    let maker = GateMaker(
      configuration: configuration, options: options, paths: FilePaths(environment: variables), environment: variables, clock: clock)
    let (verb, operation, format, arguments) = (verb, operation, format, arguments)
    let code = Blocking.run { () async -> Int32 in
      let gate = await maker.make()
      let targets: TargetList
      do {
        targets = try await Self.targets(gate, access, source, chosen, now: clock.now().unix)
      } catch let failure as Failure {
        return SourceAccess.unavailable(source.name, failure).rawValue
      } catch { return (error as? ExitCode)?.rawValue ?? 70 }
      let runner = OperationRunner(gate: gate, options: operation, format: format)
      return await runner.run(Operation(verb, source: source.name, targets: targets, arguments: arguments, pace: pace, staging: staging))
    }
    if code != 0 { throw ExitCode(code) }
  }

  /// In read-only mode nothing need be looked for: the gate refuses, and writes that down.
  private static func targets(
    _ gate: Gate, _ access: SourceAccess, _ source: ConfiguredSource, _ chosen: DeadSelection, now: Double
  ) async throws -> TargetList {
    guard case .readWrite = gate.mode else { return TargetList() }
    return try await chosen.targets(in: try await access.store(source), now: now)
  }
}
