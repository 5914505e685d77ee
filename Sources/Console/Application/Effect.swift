public import OpsModel

/// What the console wants done outside of itself. A value: the runner does it, tests look at it.
public enum Effect: Equatable, Sendable {
  case look(into: ResourceID)
  case pollNow
  case copy(SafeText)
  /// Write the screen as text, and the numbers as JSON, to files.
  case export(screen: String)
  case redraw
}
