/// A box over the screen with a title in its frame.
public enum Dialog {
  /// Draws the empty box in the middle of `area` and returns the room inside.
  public static func draw(_ canvas: inout Canvas, in area: Rect, title: some CanvasText, columns: Int, rows: Int) -> Rect {
    let width = min(columns + 4, area.width)
    let height = min(rows + 2, area.height)
    let box = Rect(x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 3, width: width, height: height)
    canvas.fill(box)
    let style = Style(.border)
    let glyphs = canvas.glyphs
    canvas.fill(Rect(x: box.x, y: box.y, width: box.width, height: 1), with: glyphs.horizontal, style: style)
    canvas.fill(Rect(x: box.x, y: box.endY - 1, width: box.width, height: 1), with: glyphs.horizontal, style: style)
    canvas.fill(Rect(x: box.x, y: box.y, width: 1, height: box.height), with: glyphs.vertical, style: style)
    canvas.fill(Rect(x: box.endX - 1, y: box.y, width: 1, height: box.height), with: glyphs.vertical, style: style)
    canvas.set(glyphs.corners[0], x: box.x, y: box.y, style: style)
    canvas.set(glyphs.corners[1], x: box.endX - 1, y: box.y, style: style)
    canvas.set(glyphs.corners[2], x: box.x, y: box.endY - 1, style: style)
    canvas.set(glyphs.corners[3], x: box.endX - 1, y: box.endY - 1, style: style)
    canvas.clipped(to: Rect(x: box.x + 1, y: box.y, width: box.width - 2, height: 1)) { canvas in
      let taken = canvas.put(title, x: box.x + 2, y: box.y, width: max(0, box.width - 4), style: Style(.title))
      if taken > 0 { canvas.set(" ", x: box.x + 1, y: box.y, style: style) }
      canvas.set(" ", x: box.x + 2 + taken, y: box.y, style: style)
    }
    return box.inset(2, 1)
  }
}
