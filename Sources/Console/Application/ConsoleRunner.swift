public import Canvas
public import OpsModel

/// The loop: waits for keys, events and the next second; draws when something changed; does what the console wants done outside.
@MainActor
public struct ConsoleRunner {
  let app: any ScreenProgram
  let screen: any Screen
  let mailbox: Mailbox
  let clock: any OpsClock
  let perform: @MainActor (Effect) -> Void
  /// What else is looked at when the clock ticks, such as the theme file.
  let everySecond: @MainActor () -> Void

  /// Data that arrives within this many seconds is drawn at once.
  static let gather = 0.03

  public init(
    app: any ScreenProgram, screen: any Screen, mailbox: Mailbox, clock: any OpsClock, perform: @escaping @MainActor (Effect) -> Void,
    everySecond: @escaping @MainActor () -> Void
  ) {
    self.app = app
    self.screen = screen
    self.mailbox = mailbox
    self.clock = clock
    self.perform = perform
    self.everySecond = everySecond
  }

  /// - Returns: the exit code.
  public func run() -> Int32 {
    var second = clock.now().unix.rounded(.down)
    var ticked = clock.now()
    var dirtySince: Moment?
    var owed = draw(.refresh) ? Owed.nothing : .refresh
    while true {
      let inputs = screen.waitForInput(seconds: pause(second, dirtySince))
      // With what the terminal answered, and before the keys that came behind it.
      noteArrival(owed)
      for input in inputs { handle(.input(input)) }
      for event in mailbox.drain() { handle(event) }
      if let code = app.exitCode { return code }
      let now = clock.now()
      // With the calendar's second, which the screen shows; sooner where a test lets the steady clock go faster.
      let isTick = now.unix.rounded(.down) != second || now.age(since: ticked) >= 1.5
      if isTick {
        second = now.unix.rounded(.down)
        ticked = now
        perform(app.tick())
        everySecond()
      }
      dirtySince = app.isDirty && (app.isUrgent || isTick || !inputs.isEmpty) ? (dirtySince ?? now) : nil
      if let since = dirtySince, !inputs.isEmpty || isTick || now.age(since: since) >= Self.gather {
        owed = inputs.isEmpty ? max(owed, .refresh) : .reaction
        dirtySince = nil
      }
      if owed != .nothing && screen.isReady(isReaction: owed == .reaction) {
        owed = draw(owed) ? .nothing : .refresh
        noteArrival(owed)
      }
    }
  }

  private func noteArrival(_ owed: Owed) {
    if owed == .nothing && screen.hasArrived { app.arrived() }
  }

  /// What is still to be drawn, and whether a key waits for it. The rest of a frame is a refresh: what the key did was in its first piece.
  private enum Owed: Int, Comparable {
    case nothing, refresh, reaction

    static func < (left: Owed, right: Owed) -> Bool { left.rawValue < right.rawValue }
  }

  /// Seconds until the loop has something to do by itself.
  private func pause(_ second: Double, _ dirtySince: Moment?) -> Double {
    let now = clock.now()
    let untilTick = min(1, max(0.001, second + 1.001 - now.unix))
    guard let dirtySince else { return untilTick }
    return min(untilTick, max(0, Self.gather - now.age(since: dirtySince)))
  }

  /// - Returns: whether all of it is on its way.
  private func draw(_ owed: Owed) -> Bool {
    screen.present(app.frame(size: screen.size, look: screen.look), theme: app.theme, isReaction: owed == .reaction)
  }

  private func handle(_ event: ConsoleEvent) { perform(app.handle(event)) }

  private func perform(_ effects: [Effect]) {
    for effect in effects {
      switch effect {
      case .copy(let text):
        let said: Notice =
          screen.copy(text) ? Notice(.ok, "copied: \(text.prefix(60))") : Notice(.warning, "too long or not a plain name: not copied")
        _ = app.handle(.message(said))
      case .redraw: screen.redraw()
      case .ring: screen.ring()
      case .announce(let text): screen.announce(text)
      default: perform(effect)
      }
    }
  }
}
