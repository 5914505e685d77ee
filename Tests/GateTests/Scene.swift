import Foundation
import OpsModel
import Synchronization
import Testing

@testable import Gate

/// A gate on a folder of its own, with one source `orders` behind it.
struct Scene {
  let folder: String
  let actuator: FakeActuator
  let gate: Gate

  var auditPath: String { folder + "/audit.jsonl" }

  init(_ environment: Environment = .development, mode: Mode = .readWrite, dead: Int = 10) async throws {
    folder = FileManager.default.temporaryDirectory.path + "/opsconsole-gate-\(Operation.newID())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let actuator = FakeActuator(dead)
    self.actuator = actuator
    let audit = AuditLog(
      path: folder + "/audit.jsonl", actor: AuditActor(environment: [:], version: "test"), environment: environment.name,
      clock: SystemClock())
    gate = Gate(mode: mode, environment: environment, audit: audit, quarantineFolder: folder + "/quarantine", clock: SystemClock()) {
      (try? FileManager.default.createDirectory(atPath: $0, withIntermediateDirectories: true)) != nil
    }
    await gate.offer("orders", kind: "fake") { () throws(Failure) in
      actuator.state.withLock { $0.made += 1 }
      return actuator
    }
  }

  func end() { try? FileManager.default.removeItem(atPath: folder) }

  var phases: [String] {
    var phases: [String] = []
    _ = AuditReader.lines(of: auditPath) { line in
      phases.append(line.field("phase")?.text ?? "?")
      return true
    }
    return phases
  }
}

/// The refusal that `body` ends with; nil where it goes through.
func refusal(_ body: () async throws(GateRefusal) -> Void) async -> GateRefusal? {
  do throws(GateRefusal) {
    try await body()
    return nil
  } catch {
    return error
  }
}
