/// A point of time that nobody's setting of a clock moves: seconds since a machine was started, and which start that was.
///
/// What is written down has the time of the calendar as well, which is a label: durations are differences of these.
public struct SteadyTime: Hashable, Sendable {
  /// Of `CLOCK_BOOTTIME`.
  public let seconds: Double
  /// The kernel's `boot_id`; empty where it is not known.
  public let boot: String

  public init(seconds: Double, boot: String) {
    self.seconds = seconds
    self.boot = boot
  }

  /// Seconds from this point to a later one; nil where the machine was started anew in between, or nobody knows.
  public func seconds(to later: SteadyTime) -> Double? { boot.isEmpty || boot != later.boot ? nil : max(0, later.seconds - seconds) }
}
