public import Canvas
public import OpsModel

/// The wallboard without terminal, sockets or clock of its own. It has no gate, no actuator and no command but quit: it can do nothing.
@MainActor
public final class WallboardApp: ScreenProgram {
  public private(set) var theme: Theme
  public private(set) var exitCode: Int32?
  public private(set) var isDirty = true
  public private(set) var isUrgent = true

  private let identity: Identity
  private let clock: any OpsClock
  private let settings: WallSettings
  private var store: Store
  private var rotation: WallRotation
  private var notice: (text: SafeText, until: Moment)?
  /// Observations so far: the mark moves by them and by nothing else.
  private var beats = 0
  private var lastBeat: Moment?
  private let began: Moment

  public init(
    pages: [WallEntry], settings: WallSettings, identity: Identity, theme: Theme, clock: any OpsClock, alerts: AlertBook = AlertBook()
  ) {
    self.identity = identity
    self.theme = theme
    self.clock = clock
    self.settings = settings
    store = Store(alerts: alerts)
    rotation = WallRotation(entries: pages, settings: settings)
    began = clock.now()
  }

  public func handle(_ event: ConsoleEvent) -> [Effect] {
    isDirty = true
    switch event {
    case .input(let input): take(input)
    case .theme(let theme): self.theme = theme
    case .message(let notice): self.notice = (notice.text, clock.now().advanced(by: 30))
    case .observed:
      beats += 1
      lastBeat = clock.now()
      store.take(event)
    default: store.take(event)
    }
    return []
  }

  private func take(_ input: InputEvent) {
    switch input {
    case .interrupt: exitCode = 130
    case .end(let code): exitCode = code
    case .key(let key) where !settings.isKiosk && (key == Key("q") || key == Key("Ctrl-C")): exitCode = 0
    case .resize, .resumed: isUrgent = true
    case .key, .paste: break
    }
  }

  @discardableResult
  public func tick() -> [Effect] {
    let now = clock.now()
    store.tick(now)
    rotation.turn(store.view, now)
    if let notice, notice.until < now { self.notice = nil }
    isDirty = true
    return []
  }

  public func frame(size: Size, look: Look) -> Frame {
    isDirty = false
    isUrgent = false
    let now = clock.now()
    if rotation.current == nil { rotation.turn(store.view, now) }
    var canvas = Canvas(size: size, glyphs: look.glyphs)
    let frame = WallFrame(
      identity: identity, view: store.view, now: now, rotation: rotation, beats: beats, silence: silence(now), notice: notice?.text)
    frame.draw(&canvas, WallShift.area(size, now: now, began: began))
    return canvas.frame
  }

  /// Seconds without any new number, where that is longer than it should be.
  private func silence(_ now: Moment) -> Double? {
    let quickest = store.view.sources.map(\.interval).min() ?? 2
    let age = now.age(since: lastBeat ?? began)
    return age > max(10, 3 * quickest) ? age : nil
  }
}
