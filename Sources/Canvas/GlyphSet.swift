/// The signs the console draws by itself, for terminals that speak UTF-8 and for those that do not.
public struct GlyphSet: Sendable {
  public let isASCII: Bool
  public let ellipsis: String
  public let horizontal: Unicode.Scalar
  public let vertical: Unicode.Scalar
  public let corners: [Unicode.Scalar]
  /// From nothing to full, for sparklines and gauges.
  public let levels: [Unicode.Scalar]
  public let gap: Unicode.Scalar
  public let breadcrumb: StaticString
  public let separator: StaticString

  var ellipsisWidth: Int { ellipsis.unicodeScalars.count }

  public static let unicode = GlyphSet(
    isASCII: false, ellipsis: "…", horizontal: "─", vertical: "│", corners: ["┌", "┐", "└", "┘"],
    levels: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"], gap: "░", breadcrumb: " › ", separator: " │ ")

  public static let ascii = GlyphSet(
    isASCII: true, ellipsis: "~", horizontal: "-", vertical: "|", corners: ["+", "+", "+", "+"],
    levels: ["_", ".", ":", "-", "=", "+", "*", "#"], gap: "/", breadcrumb: " > ", separator: " | ")

  /// What is put into a cell for a scalar: never a control character, and only ASCII where the terminal has no more.
  func drawable(_ scalar: Unicode.Scalar) -> UInt32 {
    let value = scalar.value
    if value < 0x20 || (value >= 0x7F && value < 0xA0) { return isASCII ? 0x3F : 0xFFFD }
    guard isASCII, value >= 0x7F else { return value }
    return GlyphSet.substitutes[value] ?? 0x3F
  }

  private static let substitutes: [UInt32: UInt32] = [
    0x25B2: 0x21, 0x25C6: 0x2A, 0x25CF: 0x6F, 0x25CB: 0x2E, 0x25C9: 0x40, 0x00B7: 0x2D, 0x203A: 0x3E, 0x2502: 0x7C, 0x2500: 0x2D,
    0x2026: 0x7E, 0x23CE: 0x3C, 0x2192: 0x3E, 0x2191: 0x5E, 0x2193: 0x76, 0x221E: 0x38, 0x2265: 0x3E, 0x2264: 0x3C, 0x25B8: 0x3E,
    0x2014: 0x2D, 0x25CC: 0x6F, 0x258F: 0x5F, 0x25B4: 0x5E, 0x25BE: 0x76,
  ]
}
