import Connectors
import Console
import OpsModel

/// Observes every source a number of times and keeps the numbers in a store, without a screen.
struct SnapshotTaker {
  let clock: any OpsClock
  let maker: SourceMaker
  let environment: [String: String]

  /// What came of it; `isComplete` is false where a source could not be read.
  struct Result {
    let document: SnapshotDocument
    let isComplete: Bool
    let looked: [Notice]
  }

  func take(_ configuration: Configuration?, environment named: Environment, samples: Int, interval: Double) async -> Result {
    var store = Store(alerts: AlertBook(rules: configuration?.alerts.rules ?? WatchRule.builtIn))
    var connectors: [(name: SafeText, connector: any Connector)] = []
    var looked: [Notice] = []
    if let configuration, !configuration.sources.isEmpty {
      for source in configuration.sources {
        store.add(SourceMaker.view(of: source))
        connectors.append((source.name, await connector(source)))
      }
    } else {
      let found = await Discovery(environment: self.environment, clock: clock).run()
      looked = found.notices
      for source in found.sources {
        store.add(SourceMaker.view(source.name, kind: source.kind, interval: interval))
        if let made = try? maker.connector(of: source) { connectors.append((source.name, made)) }
      }
    }
    var all: [[SafeText: Observation]] = []
    for index in 0..<max(1, samples) {
      if index > 0 { try? await Task.sleep(for: .seconds(interval)) }
      var seen = await observe(connectors, &store)
      // A lone look would not know a worker that only says that it lives.
      let listeners = index > 0 ? [] : connectors.filter { seen[$0.name] != nil && $0.connector is any ListeningConnector }
      if !listeners.isEmpty {
        await Self.listen(listeners.compactMap { $0.connector as? any ListeningConnector })
        seen.merge(await observe(listeners, &store)) { $1 }
      }
      all.append(seen)
    }
    for (_, connector) in connectors { await connector.close() }
    store.tick(clock.now())
    let view = store.view
    let document = SnapshotDocument(environment: named, view: view, at: clock.now(), rates: Self.rates(all))
    return Result(document: document, isComplete: view.sources.allSatisfy { $0.reading.isFresh }, looked: looked)
  }

  private func connector(_ source: ConfiguredSource) async -> any Connector {
    do throws(Failure) { return try await maker.connector(of: source) } catch { return BrokenSource(failure: error) }
  }

  /// All sources at once: a dead one costs its deadline and not the sum of all.
  private func observe(_ connectors: [(name: SafeText, connector: any Connector)], _ store: inout Store) async -> [SafeText: Observation] {
    typealias Outcome = (SafeText, Swift.Result<Observation, Failure>)
    let outcomes = await withTaskGroup(of: Outcome.self) { group in
      for (name, connector) in connectors { group.addTask { (name, await Self.attempt(connector)) } }
      return await group.reduce(into: [Outcome]()) { $0.append($1) }
    }
    var seen: [SafeText: Observation] = [:]
    for (name, outcome) in outcomes {
      switch outcome {
      case .success(let observation):
        seen[name] = observation
        store.observed(observation)
      case .failure(let failure): store.failed(name, failure, at: clock.now(), retryAt: nil)
      }
    }
    return seen
  }

  private static func listen(_ connectors: [any ListeningConnector]) async {
    await withTaskGroup(of: Void.self) { group in
      for connector in connectors { group.addTask { await connector.listen() } }
    }
  }

  private static func attempt(_ connector: any Connector) async -> Swift.Result<Observation, Failure> {
    do throws(Failure) { return .success(try await connector.observe()) } catch { return .failure(error) }
  }

  /// From the first to the last sample, on the steady clock.
  private static func rates(_ samples: [[SafeText: Observation]]) -> SnapshotDocument.Rates {
    var rates = SnapshotDocument.Rates()
    guard samples.count > 1, let first = samples.first, let last = samples.last else { return rates }
    for (name, now) in last {
      guard let before = first[name] else { continue }
      let seconds = now.at.age(since: before.at)
      guard seconds > 0 else { continue }
      let depths = Dictionary(before.queues.map { ($0.id, $0.ready) }, uniquingKeysWith: { first, _ in first })
      for queue in now.queues {
        if let ready = queue.ready, let known = depths[queue.id], let known { rates.growth[queue.id] = Double(ready - known) / seconds }
      }
      let counters = Dictionary(before.workers.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
      let pairs = now.workers.compactMap { worker in counters[worker.id].map { (worker, $0) } }
      let counted = pairs.filter { $0.0.processed != nil && $0.1.processed != nil }
      guard !counted.isEmpty else { continue }
      rates.done[name] = Double(counted.reduce(0) { $0 + growth($1.0.processed, $1.1.processed) }) / seconds
      rates.failed[name] = Double(counted.reduce(0) { $0 + growth($1.0.failed, $1.1.failed) }) / seconds
    }
    return rates
  }

  /// Where one of the two is not known, nothing is known to have been done.
  private static func growth(_ now: Int?, _ before: Int?) -> Int {
    guard let now, let before else { return 0 }
    return now.grown(since: before)
  }
}
