public import OpsModel

/// Names a run: 48 bits of milliseconds and 80 random ones in Crockford's base 32 (a ULID), so that names in order are runs in order.
public struct RunID: Hashable, Sendable, Comparable {
  public let text: String

  private static let digits = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

  /// - Parameter now: seconds since 1970.
  public init(now: Double) {
    var generator = SystemRandomNumberGenerator()
    self.init(milliseconds: UInt64(max(0, now) * 1000), generator.next(), generator.next())
  }

  init(milliseconds: UInt64, _ high: UInt64, _ low: UInt64) {
    var out = (0..<10).reversed().map { Self.digits[Int(milliseconds >> UInt64(5 * $0) & 31)] }
    out += (0..<8).map { Self.digits[Int(high >> UInt64(5 * $0) & 31)] }
    out += (0..<8).map { Self.digits[Int(low >> UInt64(5 * $0) & 31)] }
    text = String(out)
  }

  /// Nil for what is no name of a run: it becomes part of a path.
  public init?(_ text: String) {
    guard text.count == 26, text.allSatisfy({ Self.digits.contains($0) }) else { return nil }
    self.text = text
  }

  /// When it was made, in seconds since 1970, as its first ten digits say.
  public var at: Double {
    Double(text.prefix(10).reduce(UInt64(0)) { $0 << 5 | UInt64(Self.digits.firstIndex(of: $1) ?? 0) }) / 1000
  }

  public var shown: SafeText { SafeText(escaping: text) }

  public static func < (left: RunID, right: RunID) -> Bool { left.text < right.text }
}
