/// How much a tape may keep.
public struct TapeSettings: Sendable, Equatable {
  /// Seconds and bytes.
  public var age = 7 * 86_400.0
  public var size = 256 * 1_048_576

  public init() {}

  /// Seconds that everything is kept as it was read, and that one look in a minute is kept; what is older keeps one in ten minutes.
  static let fine = 3600.0
  static let middle = 86_400.0
  static let middleStep = 60.0
  static let coarseStep = 600.0

  /// Seconds between two looks that are kept of a time so long ago.
  static func step(age: Double) -> Double { age > middle ? coarseStep : age > fine ? middleStep : 0 }
}
