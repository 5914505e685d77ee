import OpsModel
import Synchronization
import TestKit
import Testing

@testable import Gate

@Suite("What must be confirmed, and how")
struct PolicyTests {
  /// environment, verb, number → what it takes. The table of the operators' manual, line by line.
  static let table: [(Environment, Verb, Int, RequiredConfirmation)] = [
    (.development, .retry, 1, .key(dwell: 0)), (.development, .retry, 2, .key(dwell: 0.5)), (.development, .retry, 50, .key(dwell: 0.5)),
    (.development, .retry, 51, .key(dwell: 0.5)), (.development, .discard, 1, .key(dwell: 0)),
    (.development, .discard, 50, .key(dwell: 0.5)), (.development, .discard, 51, .typed("development/orders")),
    (.staging, .retry, 1, .key(dwell: 0)), (.staging, .discard, 51, .typed("staging/orders")),
    (.production, .retry, 1, .key(dwell: 0.5)), (.production, .retry, 2, .typed("production/orders")),
    (.production, .discard, 1, .typed("production/orders")), (.production, .suspend, 1, .typed("production/orders")),
    (.production, .ping, 1, .key(dwell: 0)), (.production, .shutdown, 1, .typed("production/orders")),
  ]

  @Test("environment × danger × number", arguments: table.indices)
  func ladder(index: Int) {
    let (environment, verb, count, wanted) = Self.table[index]
    #expect(Policy.confirmation(environment, verb, count: count, source: "orders") == wanted)
  }

  @Test("a key is too early before its time and never enough where a name must be typed")
  func answers() {
    #expect(Policy.accepts(.yes(after: 0.5), for: .key(dwell: 0.5), name: "production/orders"))
    #expect(!Policy.accepts(.yes(after: 0.4), for: .key(dwell: 0.5), name: "production/orders"))
    #expect(!Policy.accepts(.yes(after: 99), for: .typed("production/orders"), name: "production/orders"))
    #expect(Policy.accepts(.typed("production/orders"), for: .key(dwell: 0.5), name: "production/orders"))
    for wrong in ["", "production", "orders", "production/order", "Production/orders", "production/orders ", "staging/orders"] {
      #expect(!Policy.accepts(.typed(wrong), for: .typed("production/orders"), name: "production/orders"))
    }
  }

  @Test("read-only: whatever is asked, in whatever environment, no actuator is made and no permit")
  func readOnly() async throws {
    var generator = Seeded("read-only")
    for environment in Environment.allCases {
      let scene = try await Scene(environment, mode: .readOnly(why: "--read-only"), dead: 200)
      defer { scene.end() }
      for _ in 0..<40 {
        let verb = Verb.allCases.randomElement(using: &generator) ?? .retry
        let count = Int.random(in: 0...200, using: &generator)
        let targets = FakeActuator.targets(count)
        let records = verb == .restore ? (0..<count).map { QuarantineRecord(target: targets[$0], parts: []) } : []
        let refused = await refusal { () throws(GateRefusal) in
          let plan = try await scene.gate.prepare(Operation(verb, source: "orders", targets: targets, records: records))
          _ = try await scene.gate.perform(plan, .typed(plan.name.text))
        }
        guard case .readOnly = refused else { return #expect(Bool(false), "\(verb): \(String(describing: refused))") }
      }
      #expect(scene.actuator.state.withLock { $0.made } == 0)
      #expect(await scene.gate.permits == 0)
      #expect(Set(scene.phases) == ["refused"])
    }
  }
}
