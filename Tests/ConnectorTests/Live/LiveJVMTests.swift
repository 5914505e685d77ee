import Foundation
import Gate
import OpsModel
import Testing

@testable import Connectors

@Suite("JVMs, on real ones", .serialized)
struct LiveJVMTests {
  /// All of them at once. One that was killed comes last: a JVM that starts removes what it left behind.
  private static let machines = ["jvm-g1", "jvm-parallel", "jvm-serial", "jvm-z", "jvm-noperf", "jvm-killed"]

  private static func sharing(_ body: (LiveScene) async throws -> Void) async throws {
    try await LiveScene.sharing("Runtimes/rt_runtimes.py", machines, body)
  }

  private static func connector() -> JVMConnector { JVMConnector(name: "jvm", prefix: "", isEager: false, clock: SystemClock()) }

  private static func state(_ pid: Int) async throws -> RuntimeState {
    try #require(try await connector().observe().runtimes.first { $0.pid == pid }, "no JVM with pid \(pid)")
  }

  /// Columns of `jstat -gc` in kilobytes and seconds, and what they are made of.
  private static let columns: [(String, @Sendable (HsPerfView) -> Double?)] = [
    ("S0C", { $0.space(0, 1, "capacity") }), ("S1C", { $0.space(0, 2, "capacity") }), ("S0U", { $0.space(0, 1, "used") }),
    ("S1U", { $0.space(0, 2, "used") }),
    ("EC", { $0.space(0, 0, "capacity") }), ("EU", { $0.space(0, 0, "used") }), ("OC", { $0.space(1, 0, "capacity") }),
    ("OU", { $0.space(1, 0, "used") }),
    ("MC", { $0.perf.numbers["sun.gc.metaspace.capacity"].map { Double($0) } }),
    ("MU", { $0.perf.numbers["sun.gc.metaspace.used"].map { Double($0) } }),
  ]

  @Test("every value equals that of jstat -gc on the same frozen JVM", arguments: ["jvm-g1", "jvm-parallel", "jvm-serial"])
  func equals(_ name: String) async throws {
    try await Self.sharing { scene in
      let frozen = try await scene.ask("freeze \(name)")
      let told = try #require(frozen["gc"] as? [String: Any])
      let path = try #require(frozen["perf"] as? String)
      let view = HsPerfView(perf: try HsPerf(Array(try Data(contentsOf: URL(fileURLWithPath: path)))))
      for (column, read) in Self.columns {
        let wanted = try #require(told[column] as? Double, "jstat has no \(column)")
        let own = try #require(read(view), "no \(column)")
        // jstat rounds to a tenth of a kilobyte; G1 keeps some bytes of room in each space.
        #expect(abs(own / 1024 - wanted) < 0.11, "\(name) \(column): \(own / 1024) is not \(wanted)")
      }
      let collectors = view.collectors
      func number(_ key: String) throws -> Double { try #require(told[key] as? Double) }
      let wanted = (time: try number("YGCT"), all: try number("GCT"))
      #expect(abs((collectors.first { $0.index == 0 }?.time ?? -1) - wanted.time) < 0.0011)
      #expect(abs(collectors.reduce(0) { $0 + $1.time } - wanted.all) < 0.0011)
      let pid = try #require(frozen["pid"] as? Int)
      let state = try await Self.state(pid)
      let used = try ["S0U", "S1U", "EU", "OU"].reduce(0) { $0 + (try number($1)) } * 1024
      #expect(
        abs((state.signals[.heapUsed] ?? 0) - used) < 1024 && state.name == "Billing"
          && state.signals[.heapLimit].map { $0 > 60e6 && $0 < 70e6 } == true, "\(name)")
      let counted = (young: try number("YGC"), full: try number("FGC"))
      #expect(Double(collectors.first { $0.index == 0 }?.invocations ?? -1) == counted.young)
      #expect(Double(collectors.first { $0.index == 1 }?.invocations ?? -1) == counted.full)
      #expect(counted.young > 0 && counted.full > 0, "a test that sees no collection is blind")
      try await scene.ask("thaw \(name)")
    }
  }

  @Test("without a file, and with one that a killed JVM left behind")
  func absentAndStale() async throws {
    try await Self.sharing { scene in
      let observation = try await Self.connector().observe()
      let bare = try #require(observation.runtimes.first { $0.pid == (try? scene.number("jvm_noperf_pid")) })
      #expect(bare.signals.isEmpty && bare.remarks.contains { $0.text.contains("-XX:-UsePerfData") })
      let dead = try scene.number("jvm_killed_pid")
      #expect(!observation.runtimes.contains { $0.pid == dead })
      #expect(observation.notices.contains { $0.text.text.contains("\(dead)") && $0.text.text.contains("left behind") })
    }
  }

  @Test("collections between two looks: their time, their number, the last pause")
  func rates() async throws {
    try await Self.sharing { scene in
      let state = try await Self.state(scene.number("jvm_z_pid"))
      #expect(state.version?.text.contains("ZGC") == true && state.collections.contains { ($0.total ?? 0) > 0 })
    }
  }

  private static func dump(_ key: [UInt8]) async throws -> OperationResult {
    try await GateScene.perform(.threadDump, key, JVMActuator(clock: SystemClock()))
  }

  @Test("a dump through the gate: pools by name, busy and idle, and a deadlock; the JVM goes on")
  func threads() async throws {
    try await Self.sharing { scene in
      let state = try await Self.state(scene.number("jvm_g1_pid"))
      let first = try await Self.dump(state.id.key)
      let pool = first.answers.map(\.text.text).first { $0.hasPrefix("billing-pool") }
      #expect(
        pool?.hasPrefix("billing-pool: 0 running, 3 waiting at work, 1 idle of 4") == true && pool?.contains("chargeCard") == true,
        "\(first.answers)")
      #expect(first.answers.contains { $0.text.text.contains("none that the JVM can see") })
      #expect(first.document.map { String(decoding: $0, as: UTF8.self).contains("Full thread dump") } == true)
      try await scene.ask("deadlock jvm-g1")
      let second = try await Self.dump(state.id.key)
      #expect(second.answers.first?.from == "DEADLOCK" && second.answers.first?.text.text.contains("deadlock-a") == true)
      #expect(kill(pid_t(try scene.number("jvm_g1_pid")), 0) == 0)
    }
  }

  @Test("a process that is no JVM, and one whose pid came again, are refused before any signal")
  func refused() async throws {
    let own = getpid()
    var root = ProcRoot()
    let stat = try #require(root.with("/proc/\(own)/stat", limit: 4096) { ProcStat($0) } ?? nil)
    let actuator = JVMActuator(clock: SystemClock())
    for key in ["\(own)-\(stat.started)", "\(own)-\(stat.started + 1)", "1-0", "x", ""] {
      let operation = GateScene.operation(.threadDump, Array(key.utf8))
      await #expect(throws: Failure.self, "\(key)") { try await actuator.rehearse(operation) }
    }
  }
}
