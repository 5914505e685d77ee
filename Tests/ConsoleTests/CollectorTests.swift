import OpsModel
import Synchronization
import Testing

@testable import Console

/// A connector that does what a test says.
final class ScriptedConnector: Connector {
  static let kind = ConnectorKind(
    name: "scripted", title: "", facets: [], settings: [], check: { _ in },
    make: { (_, _) throws(Failure) in
      throw .settings("")
    })

  private let body: @Sendable (Int) async -> Result<Observation, Failure>
  private let isAlive: @Sendable () -> Bool
  let calls = Mutex(0)
  let running = Mutex((now: 0, most: 0))

  init(isAlive: @escaping @Sendable () -> Bool = { false }, _ body: @escaping @Sendable (Int) async -> Result<Observation, Failure>) {
    self.body = body
    self.isAlive = isAlive
  }

  func observe() async throws(Failure) -> Observation {
    let call = calls.withLock { count in
      count += 1
      return count
    }
    running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
    defer { running.withLock { $0.now -= 1 } }
    return try await body(call).get()
  }

  func knock() async -> Bool { isAlive() }
  func close() async {}
}

/// One that is left alone while the view is held.
final class RestingConnector: Connector {
  static let kind = ConnectorKind(
    name: "resting", title: "", facets: [], restsWhileHeld: true, settings: [], check: { _ in },
    make: { (_, _) throws(Failure) in
      throw .settings("")
    })

  let calls = Mutex(0)

  func observe() async throws(Failure) -> Observation {
    calls.withLock { $0 += 1 }
    return Observation(source: "db", at: SystemClock().now(), took: 0, facets: [.sessions])
  }

  func knock() async -> Bool { true }
  func close() async {}
}

@Suite("The collector")
struct CollectorTests {
  static func fine(_ name: SafeText) -> Result<Observation, Failure> {
    .success(Observation(source: name, at: SystemClock().now(), took: 0, facets: [.queues]))
  }

  /// Waits until something holds; a minute of waiting is a hang.
  static func eventually(_ holds: @Sendable () -> Bool) async -> Bool {
    for _ in 0..<6000 {
      if holds() { return true }
      try? await Task.sleep(for: .milliseconds(10))
    }
    return holds()
  }

  @Test("a source that costs its server something is not asked at all while the view is held, the others are")
  func resting() async {
    let collector = Collector(clock: SystemClock()) { _ in }
    let resting = RestingConnector()
    let other = ScriptedConnector { _ in Self.fine("other") }
    collector.watch("db", resting, interval: 0.02)
    collector.watch("other", other, interval: 0.02)
    #expect(await Self.eventually { resting.calls.withLock { $0 } >= 3 })
    collector.rest(true)
    let held = resting.calls.withLock { $0 }
    let before = other.calls.withLock { $0 }
    #expect(await Self.eventually { other.calls.withLock { $0 } >= before + 8 })
    // One call was perhaps under way when the view was held.
    let rested = resting.calls.withLock { $0 }
    #expect(rested <= held + 1)
    collector.rest(false)
    #expect(await Self.eventually { resting.calls.withLock { $0 } > rested })
    await collector.stop()
  }

  @Test("a source that hangs delays no other, and is never asked twice at once")
  func hanging() async {
    let events = Mutex<[SafeText: Int]>([:])
    let collector = Collector(clock: SystemClock()) { event in
      if case .observed(let observation) = event { events.withLock { $0[observation.source, default: 0] += 1 } }
    }
    let hanging = ScriptedConnector { _ in
      try? await Task.sleep(for: .seconds(60))
      return .failure(.closed(address: ""))
    }
    collector.watch("hanging", hanging, interval: 0.05)
    for name: SafeText in ["a", "b", "c", "d"] { collector.watch(name, ScriptedConnector { _ in Self.fine(name) }, interval: 0.05) }
    let all = await Self.eventually { events.withLock { $0.count == 4 && $0.values.allSatisfy { $0 >= 10 } } }
    #expect(all)
    #expect(hanging.running.withLock { $0.most } == 1)
    await collector.stop()
  }

  @Test("after a failure a knock ends the back-off: the source is asked again as soon as it lives")
  func knocking() async {
    let lives = Mutex(false)
    let seen = Mutex(false)
    let answer: @Sendable (Int) async -> Result<Observation, Failure> = { _ in
      lives.withLock { $0 } ? Self.fine("x") : .failure(.unreachable(address: "x", reason: "refused"))
    }
    let connector = ScriptedConnector(isAlive: { lives.withLock { $0 } }, answer)
    let collector = Collector(clock: SystemClock()) { event in if case .observed = event { seen.withLock { $0 = true } } }
    collector.watch("x", connector, interval: 1)
    _ = await Self.eventually { connector.calls.withLock { $0 } >= 3 }
    lives.withLock { $0 = true }
    #expect(await Self.eventually { seen.withLock { $0 } })
    await collector.stop()
  }

  @Test("a wrong password is not tried again and again")
  func authentication() {
    var backOff = BackOff()
    var generator = SystemRandomNumberGenerator()
    #expect(backOff.next(after: .authentication("no"), using: &generator) == 60)
  }

  @Test("waits are drawn from zero to a bound that doubles from half a second to half a minute")
  func bounds() {
    var generator = SystemRandomNumberGenerator()
    for bound in [0.5, 1, 2, 4, 8, 16, 30, 30] {
      var most = 0.0
      for _ in 0..<200 {
        var backOff = BackOff()
        var wait = 0.0
        var step = 0.5
        while step < bound {
          _ = backOff.next(after: .closed(address: ""), using: &generator)
          step *= 2
        }
        wait = backOff.next(after: .closed(address: ""), using: &generator)
        most = max(most, wait)
        #expect(wait >= 0 && wait <= bound)
      }
      #expect(most > bound / 2)
    }
  }

  @Test("asking now ends a pause")
  func askingNow() async {
    let connector = ScriptedConnector { _ in Self.fine("x") }
    let collector = Collector(clock: SystemClock()) { _ in }
    collector.watch("x", connector, interval: 3600)
    #expect(await Self.eventually { connector.calls.withLock { $0 } == 1 })
    // A word that comes before the pause has begun changes nothing: it is given until it is heard.
    let isAsked = await Self.eventually {
      collector.pollNow()
      return connector.calls.withLock { $0 } >= 2
    }
    #expect(isAsked)
    await collector.stop()
  }
}
