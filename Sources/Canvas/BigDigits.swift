/// Digits that can be read across a room: five rows high, with what is no digit in ordinary size at their foot.
public struct BigDigits {
  /// Rows of a digit, at the smallest.
  public static let height = 5
  /// Columns and rows of a dot, the largest first.
  private static let scales = [(columns: 6, rows: 3), (columns: 4, rows: 2), (columns: 2, rows: 1), (columns: 1, rows: 1)]

  private let text: String

  public init(_ text: some CanvasText) { self.text = text.canvasText }

  /// Columns at a number of columns per dot.
  public func width(dot: Int) -> Int {
    let scalars = Array(text.unicodeScalars)
    return scalars.reduce(0) { $0 + Self.columns($1, dot) } + max(0, scalars.count - 1)
  }

  /// Draws from the left, as wide as there is room for; where there is none for dots, as plain text.
  public func draw(_ canvas: inout Canvas, _ area: Rect, style: Style) {
    guard !area.isEmpty else { return }
    let scale = Self.scales.first { width(dot: $0.columns) <= area.width && $0.rows * Self.height <= area.height }
    guard let scale else {
      canvas.put(PlainText(text), x: area.x, y: area.y + max(0, area.height - 1) / 2, width: area.width, style: style)
      return
    }
    var x = area.x
    for scalar in text.unicodeScalars {
      if let rows = Self.dots[scalar] {
        draw(rows, &canvas, x, area.y, scale, style)
      } else {
        canvas.put(PlainText(String(Character(scalar))), x: x, y: area.y + scale.rows * Self.height - 1, width: 2, style: style)
      }
      x += Self.columns(scalar, scale.columns) + 1
    }
  }

  private func draw(_ rows: [String], _ canvas: inout Canvas, _ x: Int, _ y: Int, _ scale: (columns: Int, rows: Int), _ style: Style) {
    guard let full = canvas.glyphs.levels.last else { return }
    for (row, line) in rows.enumerated() {
      for (column, sign) in line.enumerated() where sign == "#" {
        for across in 0..<scale.columns {
          for down in 0..<scale.rows {
            canvas.set(full, x: x + column * scale.columns + across, y: y + row * scale.rows + down, style: style)
          }
        }
      }
    }
  }

  private static func columns(_ scalar: Unicode.Scalar, _ dot: Int) -> Int {
    (dots[scalar]?.first?.count).map { $0 * dot } ?? TextWidth.of(scalar)
  }

  private static let dots: [Unicode.Scalar: [String]] = [
    "0": ["###", "# #", "# #", "# #", "###"], "1": [" # ", "## ", " # ", " # ", "###"], "2": ["###", "  #", "###", "#  ", "###"],
    "3": ["###", "  #", "###", "  #", "###"], "4": ["# #", "# #", "###", "  #", "  #"], "5": ["###", "#  ", "###", "  #", "###"],
    "6": ["###", "#  ", "###", "# #", "###"], "7": ["###", "  #", " # ", " # ", " # "], "8": ["###", "# #", "###", "# #", "###"],
    "9": ["###", "# #", "###", "  #", "###"], ".": [" ", " ", " ", " ", "#"], ":": [" ", "#", " ", "#", " "],
    "-": ["   ", "   ", "###", "   ", "   "], "—": ["   ", "   ", "###", "   ", "   "], "+": ["   ", " # ", "###", " # ", "   "],
    "/": ["  #", "  #", " # ", "#  ", "#  "],
  ]

  /// What was safe as a whole is safe in parts.
  private struct PlainText: CanvasText {
    let canvasText: String

    init(_ text: String) { canvasText = text }
  }
}
