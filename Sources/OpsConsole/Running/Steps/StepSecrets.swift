import OpsModel
import Runbooks

/// Secrets of a runbook, read when a run needs them and never stored: for the environment of programs as `S_<NAME>`, on the hosts that the
/// file names and on no others.
struct StepSecrets: Sendable {
  /// The word for programs of this machine.
  static let here = "localhost"

  private let values: [(name: String, value: String, hosts: [String])]
  /// Those that could not be read, where that is no reason to do nothing at all.
  private let missing: [(name: String, problem: SafeText, hosts: [String])]
  /// Takes them, and sensitive parameters, out of everything that is shown or written down.
  let hiding: Hiding

  static let none = StepSecrets()

  private init() {
    values = []
    missing = []
    hiding = .process
  }

  /// - Parameters:
  ///   - mayMiss: one that can not be read keeps only those programs from being begun that would be given it.
  /// - Throws: `Failure.settings` where one can not be read, or is too short to be kept out of what is printed.
  ///   - configuration: its credentials are hidden as well, before any of them is sent.
  init(
    _ sources: [SecretSource], sensitive: [RunValue], environment: [String: String], configuration: Configuration?, mayMiss: Bool = false
  ) async throws(Failure) {
    Hiding.process.learn(configuration?.credentials(isReading: true) ?? [])
    var values: [(name: String, value: String, hosts: [String])] = []
    var missing: [(name: String, problem: SafeText, hosts: [String])] = []
    for source in sources {
      do throws(Failure) { values.append((source.name, try await Self.read(source, environment), source.hosts)) } catch {
        guard mayMiss else { throw error }
        missing.append((source.name, error.what, source.hosts))
      }
    }
    (self.values, self.missing) = (values, missing)
    let texts = values.map(\.value) + sensitive.flatMap(Self.texts)
    hiding = .process
    do throws(ShortSecret) { try hiding.add(texts) } catch { throw .settings(error.message) }
  }

  func variables(for host: String) -> [String: String] {
    var out: [String: String] = [:]
    for one in values where one.hosts.contains(host) { out[Self.variable(one.name)] = one.value }
    return out
  }

  /// Why a program can not be begun there.
  /// - Parameter text: its script, which needs those alone that it names; nil for a program, which may need them all.
  func problem(for host: String, script text: String?) -> SafeText? {
    missing.first { $0.hosts.contains(host) && (text?.contains(Self.variable($0.name)) ?? true) }?.problem
  }

  private static func variable(_ name: String) -> String { "S_\(name.uppercased())" }

  static func texts(_ value: RunValue) -> [String] {
    if case .list(let list) = value { return list.compactMap(\.argument) }
    return value.argument.map { [$0] } ?? []
  }

  private static func read(_ source: SecretSource, _ environment: [String: String]) async throws(Failure) -> String {
    let name = SafeText(escaping: source.name, limit: 60)
    switch source.from {
    case .env(let variable):
      guard let value = environment[variable], !value.isEmpty else {
        throw .settings("the secret \(name): the variable \(SafeText(escaping: variable, limit: 60)) is not set")
      }
      return value
    case .file(let path): return try SecretFile.read(path)
    case .command(let argv):
      // Each word stays one: the command is no line of a shell.
      let quoted = argv.map { "'" + $0.replacing("'", with: "'\\''") + "'" }
      return try await SecretCommand.run(quoted.joined(separator: " "))
    }
  }
}
