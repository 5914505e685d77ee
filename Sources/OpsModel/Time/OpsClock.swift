#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where the program asks for the time; tests hand in a clock of their own.
public protocol OpsClock: Sendable {
  func now() -> Moment
  /// The clock for deadlines of the network: itself, unless a test lets this one go faster than the machine.
  var machine: any OpsClock { get }
}

extension OpsClock {
  public var machine: any OpsClock { self }
}

/// The machine's clocks: `CLOCK_BOOTTIME` and `CLOCK_REALTIME`.
public struct SystemClock: OpsClock {
  public init() {}

  public func now() -> Moment {
    Moment(steady: Self.read(CLOCK_BOOTTIME), unix: Self.read(CLOCK_REALTIME))
  }

  private static func read(_ clock: clockid_t) -> Double {
    var value = timespec()
    clock_gettime(clock, &value)
    return Double(value.tv_sec) + Double(value.tv_nsec) / 1e9
  }
}
