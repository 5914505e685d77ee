import Gate
import OpsModel
import Synchronization
import Testing

@testable import Runbooks

@Suite("Steps on many hosts: one at a time where something changes and nobody says otherwise")
struct CarefulHostsTests {
  private let scene = RunScene()

  private func strategy(_ step: String) throws -> Strategy {
    try RunbookReader.read(RunScene.head + "steps:\n  - {id: s, hosts: \"${{ params.hosts }}\", \(step)}\n", file: "r.yaml").steps[0]
      .strategy
  }

  @Test(
    "without a strategy a change goes one at a time, and a look on several",
    arguments: [
      ("ssh: {script: x}", 1), ("ssh: {script: x}, mode: read", 5), ("ssh: {script: x}, strategy: {max_failures: 2}", 1),
      ("ssh: {script: x}, strategy: {between: 1s}", 1), ("ssh: {script: x}, strategy: {parallel: 3}", 3),
      ("ssh: {script: x}, strategy: {batches: [1, \"100%\"]}", 5), ("per_host: [{id: a, ssh: {script: x}}]", 1),
      ("per_host: [{id: a, ssh: {script: x}, mode: read}]", 5),
      ("per_host: [{id: a, ssh: {script: x}, mode: read}], per_host_finally: [{id: b, ssh: {script: x}}]", 1),
      ("per_host: [{id: a, wait: {probe: {ssh: {script: x}}, until: outputs.status == 0, timeout: 1s}}]", 5),
    ])
  func usual(step: String, atOnce: Int) throws {
    #expect(try strategy(step).parallel == atOnce)
  }

  @Test("how many are under way at the same time is told of batches, of parallel and of one host")
  func told() {
    var strategy = Strategy()
    #expect(strategy.atOnce(of: ["a"]) == 1 && strategy.atOnce(of: []) == 0)
    strategy.batches = [.count(1), .count(2)]
    #expect(strategy.atOnce(of: ["a", "b", "c", "d"]) == 2)
    strategy.parallel = 1
    #expect(strategy.atOnce(of: ["a", "b", "c", "d"]) == 1)
  }

  @Test("one is done before the next begins, and a host that fails keeps the others from being begun")
  func one() async throws {
    let working = Mutex(0)
    let most = Mutex(0)
    let ports = FakePorts { step, _ in
      let now = working.withLock { count in
        count += 1
        return count
      }
      most.withLock { $0 = max($0, now) }
      try? await Task.sleep(for: .milliseconds(20))
      working.withLock { $0 -= 1 }
      return step == "s/b" ? .refused("no", .exit(1)) : .done([:])
    }
    let text = "steps:\n  - {id: s, hosts: \"${{ params.hosts }}\", ssh: {script: x}}\n"
    let (state, _) = try await scene.live(text, ports, journal: scene.path())
    #expect(state == .failed)
    #expect(ports.seen.withLock { $0 } == ["s/a", "s/b"])
    #expect(most.withLock { $0 } == 1)
  }
}
