import Canvas
import OpsModel
import Panels
import Synchronization
import Testing

@testable import Console

/// A clock that stands still until it is moved.
final class FakeClock: OpsClock {
  private let moment = Mutex(Moment(steady: 1000, unix: 1_795_000_000))

  func now() -> Moment { moment.withLock { $0 } }
  func advance(_ seconds: Double) { moment.withLock { $0 = $0.advanced(by: seconds) } }
}

/// The console without a terminal: keys in, text out.
@MainActor
final class Headless {
  let clock = FakeClock()
  let app: ConsoleApp
  var size: Size
  var look: Look
  private(set) var effects: [Effect] = []

  init(
    _ columns: Int = 80, _ rows: Int = 24, look: Look = .colours256, environment: Environment = .production, keymap: Keymap = .standard,
    readOnly: SafeText? = nil
  )
    throws
  {
    size = Size(columns: columns, rows: rows)
    self.look = look
    app = try #require(
      ConsoleApp(
        catalogue: PanelCatalogue.all, keymap: keymap,
        identity: Identity(environment: environment, user: "oncall", host: "bastion-2", readOnly: readOnly),
        theme: .standard, clock: clock))
  }

  @discardableResult
  func feed(_ events: ConsoleEvent...) -> Headless {
    for event in events { effects += app.handle(event) }
    return self
  }

  /// Effects of keys, without the looks at habits that the Queues panel asks for when it is opened.
  var deeds: [Effect] {
    effects.filter { effect in
      if case .hygiene = effect { return false }
      return true
    }
  }

  /// Effects that nobody has dealt with yet.
  func takeEffects() -> [Effect] {
    defer { effects = [] }
    return effects
  }

  /// Presses keys, each on what stands on the screen and followed by a frame, as in the program.
  @discardableResult
  func press(_ keys: Key...) -> Headless {
    for key in keys {
      _ = frame
      effects += app.handle(.input(.key(key)))
      _ = frame
    }
    return self
  }

  @discardableResult
  func type(_ text: String) -> Headless {
    for scalar in text.unicodeScalars { press(Key(scalar)) }
    return self
  }

  @discardableResult
  func pass(_ seconds: Double) -> Headless {
    clock.advance(seconds)
    app.tick()
    return self
  }

  /// What stands on the screen.
  var frame: Frame {
    defer { app.arrived() }
    return app.frame(size: size, look: look)
  }
  var text: String { frame.text }

  func line(holding part: String) -> String? { text.split(separator: "\n").map(String.init).first { $0.contains(part) } }
}
