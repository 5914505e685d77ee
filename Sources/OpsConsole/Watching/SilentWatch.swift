import Console
import Dispatch
import OpsModel

/// Watches all sources without a screen, as the console does with one.
struct SilentWatch {
  let configuration: Configuration?
  let environment: [String: String]
  let clock: PacedClock
  /// What this user keeps quiet, here and in every console.
  var quiet: QuietFile?
  /// Is told of everything as it comes, from any thread.
  var tee: @Sendable (ConsoleEvent) -> Void = { _ in }
  /// Gets what a tape shall have of each second; nil where there is none.
  var tape: ((TapeTick) -> Void)?

  /// Waits for observations and calls `everySecond`, until that says that it is enough.
  /// - Parameter everySecond: gets what happened to alerts since the last call.
  func run(_ everySecond: (StoreView, Moment, [AlertChange]) -> Bool) {
    let bell = DispatchSemaphore(value: 0)
    let mailbox = Mailbox { bell.signal() }
    let tee = tee
    let collector = Collector(clock: clock, pace: clock.pace) { event in
      mailbox.post(event)
      tee(event)
    }
    let watcher = Watcher(
      collector: collector, mailbox: mailbox, maker: SourceMaker(clock: clock), environment: environment, clock: clock,
      found: FoundSources(), tell: tee)
    var store = Store(
      alerts: AlertBook(rules: configuration?.alerts.rules ?? WatchRule.builtIn, quiet: quiet?.read(now: clock.now().unix) ?? [:]))
    let keeper = quiet.map { QuietKeeper(file: $0, clock: clock) { mailbox.post(.quiet($0)) } }
    if tape != nil { store.beginTape() }
    watcher.start(configuration)
    var second = clock.now()
    while true {
      let left = max(0.001, 1 - clock.now().age(since: second))
      _ = bell.wait(timeout: .now() + clock.machineSeconds(left))
      for event in mailbox.drain() { store.take(event) }
      let now = clock.now()
      guard now.age(since: second) >= 1 else { continue }
      second = now
      let changes = store.tick(now)
      let edits = store.takeQuietEdits()
      if let keeper {
        Task.detached { if edits.isEmpty { await keeper.look() } else { _ = await keeper.keep(edits) } }
      }
      tape?(store.takeTick(now))
      if everySecond(store.view, now, changes) { break }
    }
  }
}
