import Foundation
import OpsModel
import Synchronization
import Testing

@testable import Gate

@Suite("The gate")
struct GateTests {
  @Test("what is confirmed is moved, with intent and outcome on disk, and a second run moves nothing twice")
  func whole() async throws {
    let scene = try await Scene(.production, dead: 300)
    defer { scene.end() }
    let operation = Operation(.retry, source: "orders", targets: FakeActuator.targets(300), pace: .max)
    let plan = try await scene.gate.prepare(operation)
    #expect(plan.confirmation == .typed("production/orders"))
    let result = try await scene.gate.perform(plan, .typed("production/orders"))
    #expect(result.end == .whole)
    #expect(result.counts[.moved] == 300)
    #expect(scene.phases == ["intent", "outcome"])
    let again = try await scene.gate.perform(try await scene.gate.prepare(operation), .typed("production/orders"))
    #expect(again.counts[.absent] == 300)
    #expect(scene.actuator.state.withLock { $0.queue.count } == 300)
    #expect(AuditReader.verify(scene.auditPath)?.brokenAt == nil)
  }

  @Test("an empty selection is an error, and is written down")
  func empty() async throws {
    let scene = try await Scene()
    defer { scene.end() }
    let refused = await refusal { () throws(GateRefusal) in _ = try await scene.gate.prepare(Operation(.retry, source: "orders")) }
    guard case .empty = refused else { return #expect(Bool(false), "\(String(describing: refused))") }
    #expect(scene.phases == ["refused"])
  }

  @Test("a confirmation is void when the targets changed meanwhile, or the server is another one")
  func void() async throws {
    let scene = try await Scene()
    defer { scene.end() }
    let plan = try await scene.gate.prepare(Operation(.retry, source: "orders", targets: FakeActuator.targets(10)))
    scene.actuator.state.withLock { $0.dead[FakeActuator.key(3)] = nil }
    let refused = await refusal { () throws(GateRefusal) in _ = try await scene.gate.perform(plan, .yes(after: 9)) }
    guard case .changed = refused else { return #expect(Bool(false), "\(String(describing: refused))") }
    let next = try await scene.gate.prepare(Operation(.retry, source: "orders", targets: FakeActuator.targets(10)))
    scene.actuator.state.withLock { $0.serverID = "run-2" }
    let moved = await refusal { () throws(GateRefusal) in _ = try await scene.gate.perform(next, .yes(after: 9)) }
    guard case .changed = moved else { return #expect(Bool(false), "\(String(describing: moved))") }
    #expect(scene.actuator.state.withLock { $0.performed } == 0)
    #expect(await scene.gate.permits == 0)
  }

  @Test("without an audit log nothing is changed")
  func noAudit() async throws {
    let scene = try await Scene()
    defer { scene.end() }
    let plan = try await scene.gate.prepare(Operation(.retry, source: "orders", targets: FakeActuator.targets(1)))
    try? FileManager.default.removeItem(atPath: scene.auditPath)
    try FileManager.default.createDirectory(atPath: scene.auditPath, withIntermediateDirectories: true)
    let refused = await refusal { () throws(GateRefusal) in _ = try await scene.gate.perform(plan, .yes(after: 9)) }
    guard case .audit = refused else { return #expect(Bool(false), "\(String(describing: refused))") }
    #expect(scene.actuator.state.withLock { $0.performed } == 0)
  }

  @Test("a connection that breaks leaves the batch unknown, the rest untouched, and a second run finishes it")
  func broken() async throws {
    let scene = try await Scene(dead: 100)
    defer { scene.end() }
    scene.actuator.state.withLock { $0.failure = .closed(address: "here") }
    let operation = Operation(.retry, source: "orders", targets: FakeActuator.targets(100))
    let result = try await scene.gate.perform(try await scene.gate.prepare(operation), .yes(after: 9), batch: 30)
    #expect(result.counts[.moved] == 30)
    #expect(result.counts[.unknown] == 30)
    #expect(result.untouched == 40)
    #expect(result.problems.allSatisfy { $0.outcome == .unknown })
    scene.actuator.state.withLock { $0.failure = nil }
    let rest = try await scene.gate.perform(try await scene.gate.prepare(operation), .yes(after: 9), batch: 30)
    #expect(rest.counts[.moved] == 70)
    #expect(rest.counts[.absent] == 30)
  }

  @Test("at full pace two batches are under way, and each of their targets has an outcome when the connection breaks")
  func brokenAtFullPace() async throws {
    let scene = try await Scene(dead: 100)
    defer { scene.end() }
    scene.actuator.state.withLock { $0.failure = .closed(address: "here") }
    let operation = Operation(.retry, source: "orders", targets: FakeActuator.targets(100), pace: .max)
    let result = try await scene.gate.perform(try await scene.gate.prepare(operation), .yes(after: 9), batch: 30)
    #expect(result.counts[.moved] == 30 && result.counts[.unknown] >= 30)
    #expect(result.counts.total + result.untouched == 100)
    scene.actuator.state.withLock { $0.failure = nil }
    let rest = try await scene.gate.perform(try await scene.gate.prepare(operation), .yes(after: 9), batch: 30)
    #expect(rest.counts[.moved] == 70 && rest.counts[.absent] == 30 && rest.end == .whole)
  }

  @Test("the first few that fail again stop the rest by themselves")
  func staged() async throws {
    let scene = try await Scene(dead: 100)
    defer { scene.end() }
    scene.actuator.state.withLock { $0.deadAgain = 3 }
    let staging = Staging(first: 5, wait: 30, tolerance: 0.05)
    let operation = Operation(.retry, source: "orders", targets: FakeActuator.targets(100), staging: staging)
    let result = try await scene.gate.perform(try await scene.gate.prepare(operation), .yes(after: 9))
    guard case .failedAgain(let fate) = result.end else { return #expect(Bool(false), "\(result.end)") }
    #expect(fate.deadAgain == 3)
    #expect(result.counts.total == 5)
    scene.actuator.state.withLock { $0.deadAgain = 0 }
    let rest = try await scene.gate.perform(try await scene.gate.prepare(operation), .yes(after: 9))
    #expect(rest.end == .whole)
    #expect(rest.counts[.moved] == 95)
  }

  @Test("stopping ends between two batches")
  func stopped() async throws {
    let scene = try await Scene(dead: 100)
    defer { scene.end() }
    let control = OperationControl()
    let operation = Operation(.retry, source: "orders", targets: FakeActuator.targets(100))
    let plan = try await scene.gate.prepare(operation)
    let result = try await scene.gate.perform(plan, .yes(after: 9), batch: 10, control: control) { _ in control.stop() }
    #expect(result.end == .stopped)
    #expect(result.counts[.moved] == 10)
    #expect(result.untouched == 90)
  }

  @Test("what is discarded stands in a file that can be read back; what changed is left alone")
  func quarantine() async throws {
    let scene = try await Scene(dead: 20)
    defer { scene.end() }
    scene.actuator.state.withLock { $0.dead[FakeActuator.key(4)] = 99 }
    let plan = try await scene.gate.prepare(Operation(.discard, source: "orders", targets: FakeActuator.targets(20)))
    let result = try await scene.gate.perform(plan, .yes(after: 9))
    #expect(result.counts[.moved] == 19)
    #expect(result.counts[.absent] == 1)
    let path = try #require(result.quarantine)
    let contents = try QuarantineFile.read(path.text)
    #expect(contents.records.count == 19)
    #expect(contents.source == "orders")
    var text = try String(contentsOfFile: path.text, encoding: .utf8)
    text = text.replacingOccurrences(of: "am9iLTU=", with: "am9iLTY=")
    try text.write(toFile: path.text, atomically: true, encoding: .utf8)
    #expect(throws: QuarantineFailure.self) { try QuarantineFile.read(path.text) }
  }
}
