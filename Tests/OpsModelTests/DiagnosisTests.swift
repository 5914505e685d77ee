import Testing

@testable import OpsModel

@Suite("What ails a process, by its numbers")
struct DiagnosisTests {
  private static func verdicts(
    _ language: Language, _ values: [Signal: Double], _ trend: Diagnosis.Trend = Diagnosis.Trend(), limit: Int? = nil
  ) -> [Diagnosis.Verdict] {
    var state = RuntimeState(id: ResourceID(source: "s", kind: .runtime, key: "1"), name: "api", language: language)
    for (signal, value) in values { state.signals.set(signal, value, from: .metrics) }
    if let limit { state.listeners = [RuntimeState.Listener("*:80", backlog: 0, limit: limit)] }
    return Diagnosis(state, state.signals, trend).verdicts
  }

  @Test("a loop that code blocks is named with its numbers")
  func blocked() throws {
    let found = try #require(Self.verdicts(.node, [.loopLagP99: 0.182, .loopUtilisation: 0.94, .gcTime: 0.021]).first)
    #expect(found.sentence == "loop blocked by code: p99 182ms, utilisation 94 %, GC 2.1 %" && found.severity == .warning)
    #expect(Self.verdicts(.node, [.loopLagP99: 1.5, .loopUtilisation: 0.99]).first?.severity == .critical)
  }

  @Test("the same delay on a host without cores, or behind collections, is something else")
  func otherCauses() {
    #expect(Self.verdicts(.node, [.loopLagP99: 0.2, .loopUtilisation: 0.2, .runDelay: 0.4]).first?.title == "loop starved by the host")
    #expect(Self.verdicts(.node, [.loopLagP99: 0.2, .gcTime: 0.2]).contains { $0.title == "loop held up by collections" })
  }

  @Test("an idle loop, a quiet process and one of which nothing is known are not accused")
  func quiet() {
    #expect(Self.verdicts(.node, [:]).isEmpty)
    #expect(Self.verdicts(.node, [.loopLagP99: 0.001, .loopUtilisation: 0.1, .gcTime: 0.01, .rss: 1e8, .cpu: 0.1]).isEmpty)
    #expect(Self.verdicts(.jvm, [.gcTime: 0.04, .heapAfterGC: 40, .heapLimit: 100, .poolActive: 3, .poolSize: 50]).isEmpty)
  }

  @Test("a main thread that never rests is told without instrumentation, of Node alone")
  func neverIdle() {
    #expect(Self.verdicts(.node, [.mainCPU: 0.99]).first?.title == "loop is never idle")
    #expect(Self.verdicts(.python, [.mainCPU: 0.99]).isEmpty)
  }

  @Test("collections that eat time are warned of at a tenth and page at a quarter")
  func thrash() {
    #expect(Self.verdicts(.jvm, [.gcTime: 0.12]).first?.severity == .warning)
    let worst = Self.verdicts(.jvm, [.gcTime: 0.3, .heapAfterGC: 92, .heapLimit: 100]).first
    #expect(worst?.severity == .critical && worst?.sentence == "GC thrash: GC 30 %, after GC 92 B (92 %), heap limit 100 B")
  }

  @Test("a full pool is one only where work waits, and pages when it was so before")
  func pool() {
    #expect(Self.verdicts(.python, [.poolActive: 4, .poolSize: 4]).isEmpty)
    let values: [Signal: Double] = [.poolActive: 4, .poolSize: 4, .acceptBacklog: 8, .cpu: 0.1]
    #expect(Self.verdicts(.python, values).first?.severity == .warning)
    var before = Diagnosis.Trend()
    before.wasExhausted = true
    let found = Self.verdicts(.python, values, before).first
    #expect(
      found?.severity == .critical
        && found?.sentence == "pool exhausted, its workers wait for something else: 4 of 4 busy, backlog 8, cpu 0.10")
  }

  @Test("connections that wait are told, and when there is no room for more that is an incident")
  func backlog() {
    #expect(Self.verdicts(.node, [.acceptBacklog: 3]).isEmpty)
    #expect(Self.verdicts(.node, [.acceptBacklog: 12]).first?.severity == .warning)
    #expect(Self.verdicts(.node, [.acceptBacklog: 12], limit: 12).first?.title == "connections are refused")
  }

  @Test("memory: near the limit of its group, under pressure, killed, growing after collections")
  func memory() {
    #expect(Self.verdicts(.jvm, [.groupMemory: 95, .groupLimit: 100]).first?.severity == .warning)
    var pressed = Diagnosis.Trend()
    pressed.memoryPressure = 0.3
    #expect(Self.verdicts(.jvm, [.groupMemory: 95, .groupLimit: 100], pressed).first?.severity == .critical)
    var killed = Diagnosis.Trend()
    killed.newKills = 1
    #expect(Self.verdicts(.jvm, [.groupMemory: 10, .groupLimit: 100], killed).first?.title == "killed for want of memory")
    var growing = Diagnosis.Trend()
    growing.afterGC = 1e5
    #expect(Self.verdicts(.jvm, [.heapAfterGC: 1e9], growing).first?.title == "leak suspect")
    growing.afterGC = 10
    #expect(Self.verdicts(.jvm, [.heapAfterGC: 1e9], growing).isEmpty)
  }

  @Test("throttling, waiting for a core, files and failing requests each have their rule")
  func others() {
    #expect(Self.verdicts(.go, [.throttled: 0.6]).first?.severity == .critical)
    #expect(Self.verdicts(.python, [.runDelay: 0.4]).first?.title == "waits for a core")
    #expect(Self.verdicts(.go, [.openFiles: 99, .fileLimit: 100]).first?.severity == .critical)
    #expect(Self.verdicts(.go, [.requestErrors: 0.3, .requestRate: 10]).first?.title == "requests fail")
    #expect(Self.verdicts(.go, [.requestErrors: 1, .requestRate: 0.01]).isEmpty)
  }
}
