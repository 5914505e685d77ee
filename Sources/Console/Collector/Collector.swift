public import OpsModel
import Synchronization

/// Polls every source by itself: one call in flight per source, back-off with jitter after failures, a knock now and then meanwhile.
///
/// Sources never wait for each other: each has a task of its own, and connectors end their calls at their own deadlines.
public final class Collector: Sendable {
  private struct Watch: Sendable {
    let task: Task<Void, Never>
    let nap: Nap
    let connector: any Connector
  }

  /// Seconds between knocks at a server that does not answer: with the knock's own 2 s, a server is seen within 5 s of its return.
  static let knockInterval = 1.5...2.5

  private let clock: any OpsClock
  private let pace: Double
  private let post: @Sendable (ConsoleEvent) -> Void
  private let isResting = Mutex(false)
  private let watches = Mutex<[SafeText: Watch]>([:])

  /// - Parameter pace: how many times faster than the world the clock goes: it is more than 1 in tests that go on for long.
  public init(clock: any OpsClock, pace: Double = 1, post: @escaping @Sendable (ConsoleEvent) -> Void) {
    self.clock = clock
    self.pace = pace
    self.post = post
  }

  public func watch(_ name: SafeText, _ connector: any Connector, interval: Double) {
    let nap = Nap(pace: pace)
    let task = Task { await self.run(name, connector, interval, nap) }
    watches.withLock { $0[name] = Watch(task: task, nap: nap, connector: connector) }
  }

  /// Polls a source, or all, at once.
  public func pollNow(_ name: SafeText? = nil) {
    let naps = watches.withLock { all in all.filter { name == nil || $0.key == name }.map(\.value.nap) }
    for nap in naps { nap.end() }
  }

  /// While the view is held, sources that cost their servers something are not asked.
  public func rest(_ resting: Bool) {
    isResting.withLock { $0 = resting }
    if !resting { pollNow() }
  }

  /// Tells sources that somebody looks at what they read less often otherwise.
  public func attend() {
    let connectors = watches.withLock { $0.values.compactMap { $0.connector as? any AttentiveConnector } }
    for connector in connectors { Task { await connector.attend() } }
  }

  private func mayAsk(_ connector: any Connector) -> Bool {
    !(type(of: connector).kind.restsWhileHeld && isResting.withLock { $0 })
  }

  public func connector(of name: SafeText) -> (any Connector)? { watches.withLock { $0[name]?.connector } }

  /// Ends all polling and closes the connections.
  public func stop() async {
    let all = watches.withLock { watches in
      defer { watches = [:] }
      return Array(watches.values)
    }
    for watch in all { watch.task.cancel() }
    for watch in all { await watch.connector.close() }
  }

  private func run(_ name: SafeText, _ connector: any Connector, _ interval: Double, _ nap: Nap) async {
    var backOff = BackOff()
    var sampler = FailureSampler()
    var generator = SystemRandomNumberGenerator()
    while !Task.isCancelled {
      guard mayAsk(connector) else {
        await nap.sleep(seconds: interval)
        continue
      }
      let began = clock.now()
      post(.asked(name, began))
      do throws(Failure) {
        let observation = try await connector.observe()
        post(.observed(observation))
        backOff.reset()
        if let letters = await sampler.look(connector, observation) { post(.failures(name, letters)) }
        let spent = clock.now().age(since: began)
        await nap.sleep(seconds: max(interval - spent, interval / 4))
      } catch {
        let wait = backOff.next(after: error, using: &generator)
        let now = clock.now()
        post(.failed(name, error, at: now, retryAt: now.advanced(by: wait)))
        await pause(wait, error, connector, nap)
      }
    }
  }

  /// Waits out the back-off, but not longer than until the server gives a sign of life.
  private func pause(_ wait: Double, _ failure: Failure, _ connector: any Connector, _ nap: Nap) async {
    let end = clock.now().advanced(by: wait)
    while !Task.isCancelled {
      let left = end.steady - clock.now().steady
      if left <= 0 { return }
      let step = failure.endsWithKnock ? min(left, Double.random(in: Self.knockInterval)) : left
      let before = clock.now()
      await nap.sleep(seconds: step)
      let wasWoken = clock.now().age(since: before) < step - 0.05
      if wasWoken { return }
      if failure.endsWithKnock && clock.now() < end, await connector.knock() {
        // Many consoles see the return at once; they do not all come in at once.
        await nap.sleep(seconds: Double.random(in: 0...0.5))
        return
      }
    }
  }
}
