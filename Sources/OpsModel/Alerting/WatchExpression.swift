/// `queue.ready > 10000 for 2m`: a field, how it is compared with what, and for how long.
public struct WatchExpression: Hashable, Sendable {
  public enum Comparison: String, Hashable, Sendable, CaseIterable {
    case above = ">"
    case atLeast = ">="
    case below = "<"
    case atMost = "<="

    public func holds(_ value: Double, _ bound: Double) -> Bool {
      switch self {
      case .above: value > bound
      case .atLeast: value >= bound
      case .below: value < bound
      case .atMost: value <= bound
      }
    }

    /// Greater values are worse.
    public var isUpward: Bool { self == .above || self == .atLeast }
  }

  public let field: WatchField
  public let comparison: Comparison
  /// In the unit of the field: seconds, bytes, a share from 0 to 1, a count, or per second.
  public let bound: Double
  /// Seconds that it must hold without a break.
  public let lasting: Double

  public func holds(_ value: Double) -> Bool { comparison.holds(value, bound) }

  /// For people: `queue.ready > 10 000 for 2m00s`.
  public var text: SafeText {
    let time: SafeText = lasting > 0 ? " for \(Units.duration(lasting))" : ""
    return "\(SafeText(escaping: field.name)) \(SafeText(escaping: comparison.rawValue)) \(field.unit.text(bound))\(time)"
  }
}

/// What is wrong with an expression; `column` counts characters from 1.
public struct WatchError: Error, Hashable, Sendable {
  public let column: Int
  public let message: SafeText
}
