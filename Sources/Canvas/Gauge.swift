/// A bar for a share of a whole.
public struct Gauge: Sendable {
  /// From 0 to 1; nil draws the gap sign.
  public let share: Double?

  public init(_ share: Double?) { self.share = share }

  public func draw(_ canvas: inout Canvas, x: Int, y: Int, width: Int, style: Style = Style(.graph)) {
    guard width > 0 else { return }
    guard let share else {
      canvas.fill(Rect(x: x, y: y, width: width, height: 1), with: canvas.glyphs.gap, style: Style(.graphGap))
      return
    }
    let full = Int((min(max(share, 0), 1) * Double(width)).rounded())
    canvas.fill(Rect(x: x, y: y, width: full, height: 1), with: canvas.glyphs.levels.last ?? "#", style: style)
    canvas.fill(Rect(x: x + full, y: y, width: width - full, height: 1), with: canvas.glyphs.levels[0], style: Style(.graphGap))
  }
}
