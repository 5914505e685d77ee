/// Where frames are shown and keys come from: curses in the terminal, a headless twin in tests.
public protocol Screen: AnyObject {
  var size: Size { get }
  var look: Look { get }

  /// Whether a frame may be shown now. Not while another one is on its way, nor soon after one on a slow line.
  /// - Parameter isReaction: the frame answers a key.
  func isReady(isReaction: Bool) -> Bool

  /// Whether all that was presented stands on the screen, as far as can be known.
  var hasArrived: Bool { get }

  /// Shows a frame. Writes nothing where it equals the one shown.
  /// - Parameter isReaction: the frame answers a key.
  /// - Returns: false where only a part was shown: present the newest frame again as soon as the screen is ready.
  func present(_ frame: Frame, theme: Theme, isReaction: Bool) -> Bool

  /// Forgets what is shown, so that the next frame is drawn whole.
  func redraw()

  /// Waits until there is input, `wake()` was called from another thread, or the time is over.
  /// - Parameter seconds: nil waits for ever.
  func waitForInput(seconds: Double?) -> [InputEvent]

  /// Hands text to the terminal's clipboard (OSC 52). False where the terminal can not be asked.
  func copy(_ text: some CanvasText) -> Bool

  /// The terminal's bell.
  func ring()

  /// A notification by the terminal (OSC 9), where it knows them.
  func announce(_ text: some CanvasText)
}

/// What a terminal tells the program.
public enum InputEvent: Equatable, Sendable {
  case key(Key)
  /// Pasted text: never commands.
  case paste(String)
  case resize
  /// Back from Ctrl-Z.
  case resumed
  /// Ctrl-C, or SIGINT: ends the program, unless what is on the screen takes it for something else.
  case interrupt
  /// The terminal is gone or the program shall end; the exit code to end with.
  case end(Int32)
}
