/// What one request or one task costs, over a window. Every number has its source; too few of them give none.
public struct Cost: Hashable, Sendable, Codable {
  public enum Unit: String, Hashable, Sendable, Codable { case request, task }

  /// Fewer tell nothing.
  public static let fewest = 20.0

  /// One number and where it comes from.
  public struct Part: Hashable, Sendable, Codable {
    public let value: Double
    public let from: SafeText

    public init(_ value: Double, from: SafeText) {
      self.value = value
      self.from = from
    }
  }

  public let unit: Unit
  /// `POST /orders`, `mail.send`; empty for all together.
  public let name: SafeText
  /// Seconds that it was counted over, and how many there were.
  public var window: Double
  public var count: Double
  /// Statements, seconds in the database, seconds in all, bytes allocated.
  public var queries: Part?
  public var databaseTime: Part?
  public var totalTime: Part?
  public var memory: Part?

  public init(_ unit: Unit, name: SafeText, window: Double, count: Double) {
    self.unit = unit
    self.name = name
    self.window = window
    self.count = count
  }

  public var perSecond: Double? { window > 0 ? count / window : nil }
  public var isEnough: Bool { count >= Self.fewest }
}
