import OpsModel
import Testing

@testable import Connectors

@Suite("What RQ tells of a queue and of its workers")
struct RQDetailsTests {
  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  private func job(_ age: Double) -> RedisValue {
    .array([.bytes(bytes(Calendar.stampMicros(1_795_000_000 - age).text)), .null])
  }

  /// One queue with these jobs at its head, looked at in this second.
  private func observe(_ jobs: [RedisValue], workers: [RQPoll.Worker] = [], known: inout RQKnown) -> Observation {
    let names = jobs.indices.map { bytes("job-\($0)") }
    let queue = RQPoll.Queue(name: bytes("default"), ready: jobs.count, running: 0, scheduled: 0, deferred: 0, dead: 0, next: names)
    let first = RQPoll.Result(
      now: 1_795_000_000, queueCount: 1, workerCount: workers.count, isSuspended: false, queues: [queue], workers: workers)
    let at = Moment(steady: 0, unix: 1_795_000_000)
    var observation = Observation(source: "orders", at: at, took: 0, facets: [.queues, .workers])
    RQDetails(source: "orders", first: first).fill(&observation, jobs, [:], &known)
    return observation
  }

  private func known(_ workers: [String] = []) -> RQKnown {
    var names = RQNames()
    names.queues = [bytes("default")]
    names.workers = workers.map { bytes($0) }
    var known = RQKnown()
    known.keep(names)
    return known
  }

  @Test(
    "the oldest of the first jobs counts, wherever it stands: one that was put in front hides nothing",
    arguments: [[30.0, 5, 1], [1, 30, 5], [1, 5, 30], [30]])
  func oldest(ages: [Double]) {
    var known = known()
    #expect(observe(ages.map { job($0) }, known: &known).queues.first?.oldest == .exact(30))
  }

  @Test("a job that is gone meanwhile does not hide how long the others wait, and alone it says nothing")
  func gone() {
    var known = known()
    #expect(observe([.null, job(7)], known: &known).queues.first?.oldest == .exact(7))
    #expect(observe([.null], known: &known).queues.first?.oldest == .unknown)
    #expect(observe([], known: &known).queues.first?.oldest == OldestAge.none)
  }

  @Test("a worker that serves other queues, or moved to another host, is told as it is now")
  func moved() {
    func worker(_ queues: String, _ host: String) -> RQPoll.Worker {
      let texts = ["idle", "", "", queues, host, "12", "1", "0", "0"]
      return RQPoll.Worker(name: bytes("w1"), fields: texts.map { .bytes(bytes($0)) })
    }
    var known = known(["w1"])
    for (queues, host) in [("default", "a"), ("default", "a"), ("high,default", "a"), ("high,default", "b"), ("", "b")] {
      let found = observe([], workers: [worker(queues, host)], known: &known).workers.first
      #expect(found?.queues.map(\.text) == queues.split(separator: ",").map(String.init))
      #expect(found?.host?.text == host)
    }
  }
}
