import OpsModel
import Testing

@testable import Connectors

@Suite("Perf files of JVMs")
struct HsPerfTests {
  /// A file as HotSpot writes it.
  static func file(
    _ numbers: [(String, Int64)], _ texts: [(String, String)] = [], isLittle: Bool = true, accessible: UInt8 = 1, overflow: Int = 0
  ) -> [UInt8] {
    func bytes(_ value: UInt64, _ count: Int) -> [UInt8] {
      let little = (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
      return isLittle ? little : little.reversed()
    }
    func int(_ value: Int) -> [UInt8] { bytes(UInt64(UInt32(bitPattern: Int32(value))), 4) }
    var body: [UInt8] = []
    func entry(_ name: String, _ kind: String, _ vector: Int, _ data: [UInt8]) {
      var named = Array(name.utf8) + [0]
      while (20 + named.count) % 8 != 0 { named.append(0) }
      let place = 20 + named.count
      body += int(place + data.count) + int(20) + int(vector) + Array(kind.utf8) + [0, 2, 3] + int(place) + named + data
    }
    for (name, value) in numbers { entry(name, "J", 0, bytes(UInt64(bitPattern: value), 8)) }
    for (name, value) in texts { entry(name, "B", 64, Array(value.utf8) + [UInt8](repeating: 0, count: 64 - value.utf8.count)) }
    let head: [UInt8] =
      [0xCA, 0xFE, 0xC0, 0xC0, isLittle ? 1 : 0, 2, 0, accessible] + int(32 + body.count) + int(overflow) + bytes(7, 8) + int(32)
    return head + int(numbers.count + texts.count) + body + [UInt8](repeating: 0, count: 100)
  }

  private static let generations: [(String, Int64)] = [
    ("sun.gc.generation.0.space.0.used", 10), ("sun.gc.generation.0.space.1.used", 2), ("sun.gc.generation.1.space.0.used", 30),
    ("sun.gc.generation.0.maxCapacity", 40 << 20), ("sun.gc.generation.1.maxCapacity", 60 << 20), ("sun.os.hrt.frequency", 1000),
  ]

  @Test("both byte orders, numbers and texts", arguments: [true, false])
  func reads(_ isLittle: Bool) throws {
    let perf = try HsPerf(
      Self.file(Self.generations + [("negative", -5)], [("sun.rt.javaCommand", "com.acme.Billing --password=hunter2")], isLittle: isLittle))
    let view = HsPerfView(perf: perf)
    #expect(view.used == 42 && view.limit == Double(100 << 20) && perf.numbers["negative"] == -5 && view.name == "Billing")
  }

  @Test("a collector with a number missing before it is found; ticks become seconds")
  func collectors() throws {
    let perf = try HsPerf(
      Self.file([
        ("sun.os.hrt.frequency", 1000), ("sun.gc.collector.0.invocations", 3), ("sun.gc.collector.0.time", 500),
        ("sun.gc.collector.2.invocations", 1),
        ("sun.gc.collector.2.time", 1500), ("sun.gc.collector.2.lastEntryTime", 4000), ("sun.gc.collector.2.lastExitTime", 4250),
      ]))
    let found = HsPerfView(perf: perf).collectors
    #expect(found.map(\.index) == [0, 2] && found.map(\.time) == [0.5, 1.5] && found[1].last == 0.25 && found[0].last == nil)
  }

  @Test("generations of collectors by region may each grow to the whole heap")
  func regions() throws {
    let perf = try HsPerf(Self.file([("sun.gc.generation.0.maxCapacity", 268_435_480), ("sun.gc.generation.1.maxCapacity", 268_435_464)]))
    #expect(HsPerfView(perf: perf).limit == 268_435_480)
  }

  @Test("Shenandoah's own times are no pauses")
  func shenandoah() throws {
    func look(_ time: Int64, _ safepoints: Int64) throws -> HsPerfView {
      HsPerfView(
        perf: try HsPerf(
          Self.file(
            [
              ("sun.os.hrt.frequency", 1000), ("sun.gc.collector.0.invocations", time / 100), ("sun.gc.collector.0.time", time),
              ("sun.rt.safepointTime", safepoints),
            ], [("sun.gc.collector.0.name", "Shenandoah partial")])))
    }
    var record = JVMRecord()
    var state = RuntimeState(id: ResourceID(source: "jvm", kind: .runtime, key: "1"), name: "j", language: .jvm)
    record.take(try look(1000, 100), at: 0, into: &state)
    record.take(try look(11_000, 200), at: 10, into: &state)
    #expect(
      abs((state.signals[.gcTime] ?? 0) - 0.01) < 1e-9 && state.signals[.gcPauseMax] == nil && state.collections.first?.isPause == false)
  }

  @Test("stale, half-written, foreign and cut files are told apart")
  func flaws() throws {
    let good = Self.file(Self.generations)
    func flaw(_ bytes: [UInt8]) -> HsPerf.Flaw? {
      do throws(HsPerf.Flaw) {
        _ = try HsPerf(bytes)
        return nil
      } catch { return error }
    }
    #expect(flaw([]) == .cut && flaw(Array(good.prefix(31))) == .cut && flaw(Array(good.prefix(90))) == .cut)
    #expect(flaw([UInt8](repeating: 0, count: 64)) == .notPerfData)
    #expect(flaw(Self.file(Self.generations, accessible: 0)) == .notReady)
    var later = good
    later[5] = 3
    #expect(flaw(later) == .version(3))
    #expect(try HsPerf(Self.file([], overflow: 16)).overflow == 16)
  }

  @Test("random changes never trap")
  func fuzz() {
    var generator = SystemRandomNumberGenerator()
    let good = Self.file(Self.generations, [("sun.rt.javaCommand", "x")])
    for _ in 0..<4000 {
      var bytes = good
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        bytes[Int.random(in: 8..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      if let perf = try? HsPerf(bytes) {
        let view = HsPerfView(perf: perf)
        _ = (view.used, view.limit, view.collectors, view.name, view.version)
      }
    }
  }

  private static let dumped = """
    Full thread dump OpenJDK 64-Bit Server VM

    "billing-pool-1" #14 prio=5 os_prio=0 cpu=1.2ms elapsed=9.1s tid=0x1 nid=0x2 waiting on condition  [0x3]
       java.lang.Thread.State: TIMED_WAITING (sleeping)
    \tat java.lang.Thread.sleep(java.base@17/Native Method)
    \tat com.acme.Billing.chargeCard(Billing.java:31)
    \tat java.util.concurrent.ThreadPoolExecutor.runWorker(java.base@17/ThreadPoolExecutor.java:1136)

    "billing-pool-2" #15 prio=5 tid=0x1 nid=0x2 runnable
       java.lang.Thread.State: RUNNABLE
    \tat com.acme.Billing.chargeCard(Billing.java:33)

    "billing-pool-3" #16 prio=5 tid=0x1 nid=0x2 waiting on condition
       java.lang.Thread.State: WAITING (parking)
    \tat jdk.internal.misc.Unsafe.park(java.base@17/Native Method)
    \tat java.util.concurrent.ThreadPoolExecutor.getTask(java.base@17/ThreadPoolExecutor.java:1062)

    "VM Thread" os_prio=0 cpu=5ms tid=0x1 nid=0x2 runnable

    Found one Java-level deadlock:
    =============================
    "deadlock-a":
      waiting to lock monitor 0x1 (object 0x2, a java.lang.Object),
      which is held by "deadlock-b"
    "deadlock-b":
      waiting to lock monitor 0x3 (object 0x4, a java.lang.Object),
      which is held by "deadlock-a"

    Java stack information for the threads listed above:
    ===================================================
    "deadlock-a":
    \tat Billing.lock(Billing.java:1)

    Found 1 deadlock.

    """

  @Test("a dump of threads comes to pools: at work, waiting at work, idle; and who waits for whom for ever")
  func dump() {
    let found = ThreadDump(Array(Self.dumped.utf8))
    #expect(found.pools.map(\.name) == ["billing-pool"])
    #expect(found.pools.first.map { [$0.busy, $0.waiting, $0.idle] } == [1, 1, 1])
    #expect(found.deadlocks == [["deadlock-a", "deadlock-b"]])
    #expect(
      found.answers.map(\.text.text).contains(
        "billing-pool: 1 running, 1 waiting at work, 1 idle of 3, 1 at Billing.chargeCard(Billing.java:31)"))
  }
}
