import Foundation
import Gate
import OpsModel
import Testing

@testable import Connectors

@Suite("Node, on real processes", .serialized)
struct LiveNodeTests {
  private static func sharing(_ body: (LiveScene) async throws -> Void) async throws {
    try await LiveScene.sharing("Runtimes/rt_runtimes.py", ["node-quiet", "node-nosignal", "node-handler", "node-cluster"], body)
  }

  /// As the connector names it.
  private static func key(_ pid: Int) throws -> [UInt8] {
    var root = ProcRoot()
    let found = root.with("/proc/\(pid)/stat", limit: 4096) { ProcStat($0) } ?? nil
    return Array("\(pid)-\(try #require(found).started)".utf8)
  }

  private static func inspect(_ pid: Int, profile: Bool = false) async throws -> OperationResult {
    let arguments = profile ? [NodeActuator.profile: "1 s"] : [:]
    return try await GateScene.perform(.inspectNode, key(pid), NodeActuator(clock: SystemClock()), arguments: arguments)
  }

  private static func isOpen() -> Bool {
    var root = ProcRoot()
    return (root.with("/proc/net/tcp") { ListenTable.rows($0) } ?? []).contains { $0.address.hasSuffix(":9229") }
  }

  private static func hasChild(_ pid: Int32) -> Bool {
    let text = try? String(contentsOfFile: "/proc/\(pid)/task/\(pid)/children", encoding: .utf8)
    return text?.contains { $0.isNumber } == true
  }

  /// Whether it runs: one that has ended and that nobody waited for is still there, and does not.
  private static func isAlive(_ pid: Int) -> Bool {
    let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
    guard let state = stat?.split(separator: ")").last?.split(separator: " ").first else { return false }
    return state != "Z" && state != "X"
  }

  @Test("what a process in an endless loop is at is known within a second, the inspector is closed again, and twice is no trouble")
  func loop() async throws {
    // Its own: it keeps a core busy until it ends.
    try await LiveScene.during("Runtimes/rt_runtimes.py", ["node-loop"]) { scene in
      let pid = try scene.number("node_loop_pid")
      try await scene.ask("loop")
      for _ in 0..<2 {
        let machine = Control()
        let began = SystemClock().now()
        let result = try await Self.inspect(pid)
        let took = SystemClock().now().age(since: began)
        #expect(result.counts[.moved] == 1 && took < machine.allows(1), "took \(took) s: \(result.answers)")
        #expect(result.answers.first.map { "\($0.from)" } == "STACK" && result.answers.first?.text.text.contains("stuckHandler") == true)
        #expect(result.document.map { String(decoding: $0, as: UTF8.self).contains("onRequest") } == true)
        #expect(!Self.isOpen() && Self.isAlive(pid))
      }
      let sampled = try await Self.inspect(pid, profile: true)
      let lines = sampled.answers.map { "\($0.from) \($0.text)" }
      #expect(lines.contains { $0.hasPrefix("profile") && ($0.contains("onRequest") || $0.contains("stuckHandler")) }, "\(lines)")
      #expect(lines.contains { $0.contains("did not turn once") } && !Self.isOpen() && Self.isAlive(pid))
    }
  }

  @Test("an idle process: no stack, its memory with the true limit, the delay of its loop")
  func quiet() async throws {
    try await Self.sharing { scene in
      let pid = try scene.number("node_quiet_pid")
      let result = try await Self.inspect(pid, profile: true)
      let lines = result.answers.map { "\($0.from) \($0.text)" }
      #expect(lines.first?.hasPrefix("stack no JavaScript runs") == true, "\(lines)")
      #expect(
        lines.contains { $0.hasPrefix("memory heap ") } && lines.contains { $0.hasPrefix("delay p50") }
          && lines.contains { $0.hasPrefix("inspector closed again") })
      #expect(!Self.isOpen() && Self.isAlive(pid))
    }
  }

  @Test("a process without a handler for the signal is refused and lives on")
  func noSignal() async throws {
    try await Self.sharing { scene in
      let pid = try scene.number("node_nosignal_pid")
      do {
        _ = try await Self.inspect(pid)
        Issue.record("it was not refused")
      } catch let refusal as GateRefusal {
        #expect(
          refusal.sentence.text.contains("would die of it") || refusal.sentence.text.contains("--disable-sigusr1"), "\(refusal.sentence)")
      }
      // Nothing is to come: a signal of ours would end it within this time.
      try await Task.sleep(for: .milliseconds(200))
      #expect(Self.isAlive(pid))
    }
  }

  @Test("an application with a handler of its own: it runs, nothing opens, and it is said")
  func handler() async throws {
    try await Self.sharing { scene in
      let pid = try scene.number("node_handler_pid")
      let result = try await Self.inspect(pid)
      #expect(result.counts[.failed] == 1 && Self.isAlive(pid) && !Self.isOpen())
      let written = try String(contentsOfFile: scene.text("node_handler_file"), encoding: .utf8)
      #expect(!written.isEmpty)
    }
  }

  @Test("workers of a cluster go one at a time: all of them use one port, and it is free again after each")
  func cluster() async throws {
    try await Self.sharing { scene in
      let workers = try #require(scene.told["node_cluster_workers"] as? [Int])
      for pid in workers {
        let result = try await Self.inspect(pid)
        #expect(result.counts[.moved] == 1 && !Self.isOpen() && Self.isAlive(pid), "\(result.answers)")
      }
    }
  }

  @Test("a process inside a synchronous call opens its inspector when that ends: it is waited for, and closed")
  func synchronous() async throws {
    let script = "console.log('begins');require('child_process').execSync('sleep 3');setInterval(()=>{},1000)"
    let child = try ChildProcess(["node", "-e", script])
    defer {
      child.kill()
      child.wait()
    }
    _ = await OffPool.run { child.line() }
    // Its own process: it is inside of the call when its child is there.
    try await eventually("a call that has begun") { Self.hasChild(child.pid) }
    let result = try await Self.inspect(Int(child.pid))
    #expect(result.counts[.moved] == 1 && !Self.isOpen() && Self.isAlive(Int(child.pid)), "\(result.answers)")
  }
}
