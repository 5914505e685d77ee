import OpsModel
import Testing

@Suite("Habits: what is found in samples of tasks")
struct HygieneTests {
  private func sample(_ task: SafeText, _ queue: SafeText = "default", _ change: (inout TaskSample) -> Void) -> TaskSample {
    var sample = TaskSample(queue: queue, task: task)
    change(&sample)
    return sample
  }

  private func rules(_ samples: [TaskSample]) -> [SafeText] { HygieneRules.tasks(samples, source: "orders").map(\.rule) }

  @Test("no time limit, retries without end, nothing left behind, results for ever: each is told once for a task of a queue")
  func limits() {
    let bad = { (sample: inout TaskSample) in
      sample.timeLimit = .infinity
      sample.retries = .infinity
      sample.vanishes = true
      sample.resultKept = .infinity
    }
    #expect(
      rules([sample("a", "default", bad), sample("a", "default", bad)]) == [
        "no-time-limit", "no-retry-limit", "vanishes", "results-for-ever",
      ])
  }

  @Test("what has limits, and what does not tell, is no finding")
  func fine() {
    let good = sample("a") {
      $0.timeLimit = 180
      $0.retries = 3
      $0.size = 300
      $0.resultKept = 500
    }
    #expect(rules([good, TaskSample(queue: "default", task: "b")]).isEmpty)
  }

  @Test("a payload of kilobytes is a whole object, one of megabytes is critical")
  func payloads() {
    let found = HygieneRules.tasks([sample("a") { $0.size = 14_000 }, sample("b") { $0.size = 3_000_000 }], source: "orders")
    #expect(found.map(\.severity) == [.warning, .critical])
    #expect(found.first?.seen == "carries up to 14 kB: whole objects rather than ids")
  }

  @Test("slow and quick tasks in one queue are told, in two queues they are not")
  func mixed() {
    let quick = (0..<9).map { _ in sample("mail.send") { $0.took = 0.2 } }
    let slow = sample("mail.export") { $0.took = 60 }
    #expect(rules(quick + [slow]) == ["mixed-speed"])
    #expect(rules(quick + [sample("mail.export", "slow") { $0.took = 60 }]).isEmpty)
    #expect(rules(quick + [sample("mail.render") { $0.took = 2 }]).isEmpty)
  }

  @Test("workers that all serve every queue are told; one with a queue of its own is enough")
  func everything() {
    var observation = Observation(source: "orders", at: Moment(recorded: 0), took: 0, facets: [.queues, .workers])
    let names: [SafeText] = ["high", "default", "low"]
    observation.queues = names.map { QueueState(id: ResourceID(source: "orders", kind: .queue, key: $0.text), name: $0, workers: 2) }
    func worker(_ name: String, _ queues: [SafeText]) -> WorkerState {
      WorkerState(id: ResourceID(source: "orders", kind: .worker, key: name), name: "w", activity: .idle, queues: queues)
    }
    observation.workers = [worker("1", names), worker("2", names)]
    #expect(HygieneRules.observed(observation).map(\.rule) == ["workers-on-everything"])
    observation.workers.append(worker("3", ["high"]))
    #expect(HygieneRules.observed(observation).isEmpty)
  }

  @Test("a database that is asked for work again and again for nothing is told with how often")
  func polling() throws {
    var ring = StatementRing()
    let key = StatementKey(user: 10, database: 5, query: 1, isTop: true)
    for (seconds, calls) in [(0.0, 0.0), (60, 6000)] {
      var counters = StatementCounters()
      counters.calls = calls + 1
      counters.rows = calls / 10
      ring.add([(key, counters)], StatementStamp(at: Moment(recorded: seconds)))
    }
    ring.texts = [key: "SELECT id FROM jobs ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED"]
    var observation = Observation(source: "main-db", at: Moment(recorded: 60), took: 0, facets: [.sessions])
    observation.statements = ring.log
    let found = try #require(HygieneRules.observed(observation).first)
    #expect(found.rule == "database-broker" && found.severity == .warning)
    #expect(found.seen == "asked for work 100/s, 90 % of it for nothing")
  }
}
