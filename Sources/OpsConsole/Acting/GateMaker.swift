import Connectors
import Gate
import OpsModel

/// Makes the gate of this process: mode, environment, audit log, and how each configured source is acted on.
struct GateMaker: Sendable {
  let configuration: Configuration?
  let options: SharedOptions
  let paths: FilePaths
  let environment: [String: String]
  let clock: any OpsClock
  var presence: Presence?

  /// Hands `--read-only` on to programs that are started, and to what they start. It can restrict and nothing else.
  static let variable = "OPSCONSOLE_READ_ONLY"

  /// The most restrictive setting wins.
  var mode: Mode {
    if options.readOnly { return .readOnly(why: "--read-only") }
    if let word = environment[Self.variable], !["", "0"].contains(word) { return .readOnly(why: SafeText(escaping: Self.variable)) }
    if configuration?.readOnly == true { return .readOnly(why: "read_only in the configuration") }
    return .readWrite
  }

  var whyReadOnly: SafeText? {
    if case .readOnly(let why) = mode { return why }
    return nil
  }

  var owner: DataOwner { DataOwner(named, label: configuration?.label ?? "") }

  var named: Environment { options.environment ?? configuration?.environment ?? .production }

  var actor: AuditActor {
    AuditActor(environment: environment, version: SafeText(escaping: OpsConsoleCommand.version))
  }

  func asksForOrphans(_ source: SafeText) -> Bool {
    let kind = configuration?.sources.first { $0.name == source }?.kind
    return kind.flatMap { ConnectorCatalogue.actuator(named: $0)?.asksForOrphans } ?? false
  }

  /// What a quarantine file holds, for a source of the kind it was made of.
  func records(in path: String, for source: SafeText) throws(GateRefusal) -> [QuarantineRecord] {
    let contents: QuarantineFile.Contents
    do throws(QuarantineFailure) { contents = try QuarantineFile.read(path) } catch {
      throw .failed(.declined(.quarantineFile(error.sentence)))
    }
    let kind = SafeText(escaping: configuration?.sources.first { $0.name == source }?.kind ?? "")
    guard contents.kind == kind else {
      throw .failed(.declined(.fileOfKind(contents.kind, for: source, of: kind)))
    }
    if let other = contents.owner, other != owner {
      throw .failed(.declined(.fileOfEnvironment(other.title, for: owner.title)))
    }
    guard contents.source == source else {
      throw .failed(.declined(.fileOfSource(contents.source, for: source)))
    }
    return contents.records
  }

  /// Something of this machine that was found and not configured.
  func offer(_ source: SourceSettings, to gate: Gate) async {
    guard let kind = ConnectorCatalogue.actuator(named: source.kind) else { return }
    let name = actor.name.text
    let clock = clock
    await gate.offer(source.name, kind: SafeText(escaping: source.kind)) { () throws(Failure) in try kind.make(source, name, clock) }
  }

  func make() async -> Gate {
    let actor = actor
    _ = FilePaths.makeFolder(paths.state)
    let audit = AuditLog(path: paths.auditFile, actor: actor, environment: named.name, label: owner.label, clock: clock)
    let gate = Gate(
      mode: mode, environment: named, audit: audit, quarantineFolder: paths.quarantineFolder, clock: clock,
      makeFolder: { FilePaths.makeFolder($0) })
    let maker = SourceMaker(clock: clock, presence: presence)
    for source in (configuration?.sources ?? []) + (configuration?.runbooks.connections ?? [])
    where ConnectorCatalogue.actuator(named: source.kind) != nil {
      await gate.offer(source.name, kind: SafeText(escaping: source.kind)) { () throws(Failure) in
        try await maker.actuator(of: source, actor: actor.name.text)
      }
    }
    return gate
  }
}
