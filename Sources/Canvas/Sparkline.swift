/// A row of bars. A value that was not measured shows as a gap and not as zero; before the first measurement there is nothing.
public struct Sparkline: Sendable {
  /// Oldest first; nil where nothing was measured.
  public let values: [Double?]

  /// Columns in which something happened: there stands a mark in place of a bar.
  public let pins: Set<Int>

  public init(_ values: [Double?], pins: Set<Int> = []) {
    self.values = values
    self.pins = pins
  }

  /// Draws the newest value at the right end of `width` columns, scaled from zero to the greatest value.
  public func draw(_ canvas: inout Canvas, x: Int, y: Int, width: Int, style: Style = Style(.graph)) {
    guard width > 0 else { return }
    let shown = values.suffix(width)
    let top = shown.reduce(0.0) { max($0, $1 ?? 0) }
    let start = x + width - shown.count
    let first = shown.firstIndex { $0 != nil } ?? shown.endIndex
    for (index, value) in shown.enumerated() where shown.startIndex + index >= first {
      var gapStyle = style
      gapStyle.role = .graphGap
      if pins.contains(shown.startIndex + index) {
        canvas.set("!", x: start + index, y: y, style: Style(.warning))
      } else if let value {
        canvas.set(level(value, top, canvas.glyphs), x: start + index, y: y, style: style)
      } else {
        canvas.set(canvas.glyphs.gap, x: start + index, y: y, style: gapStyle)
      }
    }
  }

  private func level(_ value: Double, _ top: Double, _ glyphs: GlyphSet) -> Unicode.Scalar {
    guard top > 0, value > 0, value.isFinite, top.isFinite else { return glyphs.levels[0] }
    let last = glyphs.levels.count - 1
    return glyphs.levels[min(last, max(1, Int((value / top * Double(last)).rounded())))]
  }
}
