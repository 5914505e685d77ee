/// Literals of our own are safe, and so is what is built of them, of other `SafeText` and of numbers.
///
/// A `String` can not be interpolated: that is the point. Escape it first.
extension SafeText: ExpressibleByStringInterpolation {
  public init(stringLiteral value: StaticString) { text = "\(value)" }

  public init(stringInterpolation: Interpolation) { text = stringInterpolation.text }

  public struct Interpolation: StringInterpolationProtocol {
    var text = ""

    public init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity + interpolationCount * 8) }

    public mutating func appendLiteral(_ literal: StaticString) { text += "\(literal)" }

    public mutating func appendInterpolation(_ value: SafeText) { text += value.text }

    public mutating func appendInterpolation<Number: BinaryInteger>(_ value: Number) { text += String(value) }
  }
}
