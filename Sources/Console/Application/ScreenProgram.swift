public import Canvas

/// What runs on a screen: takes events, draws frames, and says what is to be done outside.
@MainActor
public protocol ScreenProgram: AnyObject {
  var theme: Theme { get }
  /// Set when it shall end.
  var exitCode: Int32? { get }
  /// Something changed that the last frame does not show.
  var isDirty: Bool { get }
  /// It should be shown at once.
  var isUrgent: Bool { get }

  func handle(_ event: ConsoleEvent) -> [Effect]
  /// To be called once a second.
  func tick() -> [Effect]
  func frame(size: Size, look: Look) -> Frame
  /// The last frame stands on the screen as a whole.
  func arrived()
}

extension ScreenProgram {
  public func arrived() {}
}

extension ConsoleApp: ScreenProgram {}
