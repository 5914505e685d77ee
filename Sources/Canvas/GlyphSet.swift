/// The signs the console draws on its own, for terminals that show Unicode, for the Linux console, and for those that show ASCII alone.
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
  /// Nil where the terminal shows every character.
  private let spelling: GlyphSpelling?

  var ellipsisWidth: Int { ellipsis.unicodeScalars.count }

  public static let unicode = GlyphSet(
    isASCII: false, ellipsis: "…", horizontal: "─", vertical: "│", corners: ["┌", "┐", "└", "┘"],
    levels: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"], gap: "░", breadcrumb: " › ", separator: " │ ", spelling: nil)

  public static let ascii = GlyphSet(
    isASCII: true, ellipsis: "~", horizontal: "-", vertical: "|", corners: ["+", "+", "+", "+"],
    levels: ["_", ".", ":", "-", "=", "+", "*", "#"], gap: "/", breadcrumb: " > ", separator: " | ", spelling: .ascii)

  /// For the fonts of the Linux console: 256 or 512 glyphs. Every sign here is in the kernel's own font, and in those of console-setup.
  public static let console = GlyphSet(
    isASCII: false, ellipsis: "~", horizontal: "─", vertical: "│", corners: ["┌", "┐", "└", "┘"],
    levels: ["_", ".", ":", "-", "=", "░", "▒", "█"], gap: "/", breadcrumb: " > ", separator: " │ ", spelling: .console)

  /// What is put into a cell for a scalar: never a control character.
  func drawable(_ scalar: Unicode.Scalar) -> UInt32 {
    let value = scalar.value
    if value < 0x20 || (value >= 0x7F && value < 0xA0) { return isASCII ? 0x3F : 0xFFFD }
    guard let spelling, value >= 0x7F else { return value }
    return spelling.sign(value) ?? 0x3F
  }

  /// The text as this terminal can show it; nil where it is shown as it is.
  func spelled(_ text: String) -> String? { spelling?.spelled(text) }

  /// Columns that the text takes here.
  public func columns(_ text: String) -> Int { TextWidth.of(spelled(text) ?? text) }
}
