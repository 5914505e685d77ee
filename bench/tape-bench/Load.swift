import Console
import OpsModel
import Synchronization

/// A clock that is moved by hand.
final class BenchClock: OpsClock {
  private let moment: Mutex<Moment>

  init() { moment = Mutex(Moment(steady: 0, unix: 1_795_000_000)) }

  func now() -> Moment { moment.withLock { $0 } }
  func advance(_ seconds: Double) { moment.withLock { $0 = $0.advanced(by: seconds) } }
}

/// A thousand queues and two hundred processes, whose numbers move as those of a busy company do.
struct Load {
  static let queues = SourceView(name: "orders", kind: "rq", facets: [.queues, .workers], interval: 2, canShowWaiting: true)
  static let fleet = SourceView(name: "fleet", kind: "prometheus", facets: [.runtimes], interval: 2, canShowWaiting: false)
  private static let signals: [Signal] = [
    .loopLagP50, .loopLagP99, .gcPauseP99, .gcTime, .gcRate, .heapUsed, .heapLimit, .rss, .cpu, .threads, .openFiles, .requestRate, .requestP99,
  ]

  private var ready = [Int](repeating: 0, count: 1000)
  private var values = [[Double]](repeating: [Double](repeating: 0.5, count: Load.signals.count), count: 200)
  private var random = SystemRandomNumberGenerator()

  mutating func queues(at now: Moment) -> Observation {
    var out = Observation(source: Self.queues.name, at: now, took: 0.02, facets: Self.queues.facets)
    for index in ready.indices {
      // One queue in five moves between two looks.
      if Int.random(in: 0..<5, using: &random) == 0 { ready[index] = max(0, ready[index] + Int.random(in: -20...21, using: &random)) }
      let name = "tenant-\(index)"
      out.queues.append(
        QueueState(
          id: ResourceID(source: "orders", kind: .queue, key: name), name: SafeText(escaping: name), ready: ready[index], running: index % 3,
          scheduled: 0, deferred: 0, dead: index % 7, oldest: ready[index] == 0 ? .none : .exact(Double(ready[index]) * 0.3), workers: 4,
          paused: false))
    }
    return out
  }

  mutating func fleet(at now: Moment) -> Observation {
    var out = Observation(source: Self.fleet.name, at: now, took: 0.1, facets: Self.fleet.facets)
    for index in values.indices {
      var state = RuntimeState(
        id: ResourceID(source: "fleet", kind: .runtime, key: "api-\(index):9464"), name: SafeText(escaping: "api-\(index)"), language: .node)
      for (place, signal) in Self.signals.enumerated() {
        values[index][place] *= Double.random(in: 0.95...1.05, using: &random)
        state.signals.set(signal, values[index][place] * (signal.unit == .bytes ? 1e9 : 1), from: .prometheus)
      }
      out.runtimes.append(state)
    }
    return out
  }
}
