import Connectors
import Gate
import Glibc
import OpsModel
import Runbooks

/// Whom the lock of a run excludes: said by its plan, and done by `RunLock`.
struct LockReach {
  let runbook: Runbook
  let places: StepPlaces

  /// The server that keeps it for other hosts: the one that the runbook names, or the first that the run changes and that keeps locks.
  /// - Throws: `Failure.settings` where the named one is not there, or keeps no locks.
  func server() throws(Failure) -> ConfiguredSource? {
    if let name = runbook.lockConnection {
      let source = try places.source(ResolvedConnection(name: name, host: nil))
      guard ConnectorCatalogue.stepServer(named: source.kind)?.lease != nil else {
        throw .settings("\(source.name) keeps no locks: concurrency: {conn} names a Redis or a PostgreSQL connection")
      }
      return source
    }
    for step in runbook.allSteps where !step.isRead {
      guard let connection = step.action?.connection, connection.host == nil else { continue }
      let source = try places.source(ResolvedConnection(name: connection.name, host: nil))
      if ConnectorCatalogue.stepServer(named: source.kind)?.lease != nil { return source }
    }
    return nil
  }

  /// What the plan says of it, and what stands in its way.
  func tell(_ plan: inout RunPlan) {
    plan.lockReach = words
    if let problem { plan.conditions.append(.init(id: "lock", holds: false, message: problem)) }
  }

  /// In one line.
  var words: SafeText {
    guard runbook.excludesOthers else { return "excludes your own runs only: it only looks, and names no lock" }
    let folder = places.configuration?.runbooks.locks.map { FilePaths.expand($0) }
    let here: SafeText = folder.map { "every account that shares \(SafeText(escaping: $0, limit: 100))" } ?? "all accounts of this machine"
    guard let server = try? self.server() else {
      return "excludes \(here), and NO OTHER HOST: concurrency: {conn: NAME} names a Redis or PostgreSQL that keeps it for all hosts"
    }
    return runbook.lockConnection == nil
      ? "excludes \(here), and runs from other hosts that take it at \(server.name)"
      : "excludes \(here), and runs from every host, by \(server.name)"
  }

  /// Why it cannot be taken, as far as it is known before a run.
  var problem: SafeText? {
    guard runbook.excludesOthers else { return nil }
    do throws(Failure) { _ = try server() } catch {
      // A step whose server is missing reports it itself.
      if runbook.lockConnection != nil { return error.what }
    }
    return places.configuration?.runbooks.locks.flatMap { Self.problem(FilePaths.expand($0)) }
  }

  /// What is wrong with a folder that accounts share.
  static func problem(_ folder: String) -> SafeText? {
    let shown = SafeText(escaping: folder)
    var facts = stat()
    guard stat(folder, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR else {
      return "\(shown) does not exist: install -d -m 1777 \(shown)"
    }
    // Whoever may take away another's file may have the lock a second time.
    guard facts.st_mode & 0o022 == 0 || facts.st_mode & 0o1000 != 0 else {
      return "\(shown) is not safe: others may take files away there; chmod 1777 \(shown)"
    }
    guard access(folder, W_OK | X_OK) == 0 else { return "\(shown): this account may not write there" }
    return nil
  }
}
