import Gate
import OpsModel
import Testing

import struct Foundation.FileAttributeKey
import class Foundation.FileManager
import func Foundation.NSTemporaryDirectory
import struct Foundation.UUID

@testable import Connectors

/// Takes one operation through a gate of its own, as the console does.
enum GateScene {
  private struct Lent: Actuator {
    let inner: any Actuator

    func rehearse(_ operation: Operation) async throws(Failure) -> Rehearsal { try await inner.rehearse(operation) }
    func begin(_ operation: Operation, _ permit: Permit) async throws(Failure) { try await inner.begin(operation, permit) }
    func perform(_ batch: Batch, _ permit: Permit) async throws(Failure) -> BatchReport { try await inner.perform(batch, permit) }
    func end(_ operation: Operation, _ permit: Permit) async { await inner.end(operation, permit) }
    func capture(_ targets: [Target]) async throws(Failure) -> [QuarantineRecord?] { try await inner.capture(targets) }
    func fate(of targets: [Target]) async throws(Failure) -> Fate { try await inner.fate(of: targets) }
    func close() async {}
  }

  static func operation(_ verb: Verb, _ key: [UInt8], arguments: [String: String] = [:]) -> Operation {
    Operation(verb, source: "here", targets: TargetList([Target(scope: [], key: key, version: Version(0))]), arguments: arguments)
  }

  static func perform(_ verb: Verb, _ key: [UInt8], _ actuator: any Actuator, arguments: [String: String] = [:]) async throws
    -> OperationResult
  {
    let folder = NSTemporaryDirectory() + "opsc-gate-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let clock = SystemClock()
    let actor = AuditActor(environment: ["USER": "tester"], version: "test")
    let audit = AuditLog(path: folder + "/audit.jsonl", actor: actor, environment: "development", clock: clock)
    let gate = Gate(
      mode: .readWrite, environment: .development, audit: audit, quarantineFolder: folder, clock: clock, makeFolder: { _ in true })
    await gate.offer("here", kind: "test") { () throws(Failure) in Lent(inner: actuator) }
    let plan = try await gate.prepare(operation(verb, key, arguments: arguments))
    return try await gate.perform(plan, .yes(after: 5))
  }
}
