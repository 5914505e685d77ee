/// Draws onto a frame, clipped to a part of it.
///
/// Nothing that is drawn can leave its rectangle, half a wide character never stays behind, and control characters can not get into a
/// cell even if text from outside reached this far unescaped.
public struct Canvas {
  public private(set) var frame: Frame
  public let glyphs: GlyphSet
  private var clip: Rect

  public init(size: Size, glyphs: GlyphSet = .unicode) {
    frame = Frame(size: size)
    self.glyphs = glyphs
    clip = Rect(x: 0, y: 0, width: size.columns, height: size.rows)
  }

  public var bounds: Rect { Rect(x: 0, y: 0, width: frame.size.columns, height: frame.size.rows) }

  public var cursor: Frame.Point? {
    get { frame.cursor }
    set { frame.cursor = newValue }
  }

  /// Runs `body` with drawing limited to `rect`.
  public mutating func clipped(to rect: Rect, _ body: (inout Canvas) -> Void) {
    let outer = clip
    clip = clip.intersection(rect)
    body(&self)
    clip = outer
  }

  /// Draws text from a point on; what goes beyond `width` columns is cut and ends in `…`.
  /// - Returns: the columns taken.
  @discardableResult
  public mutating func put(
    _ text: some CanvasText, x: Int, y: Int, width: Int = .max, style: Style = .plain, align: Alignment = .left
  ) -> Int {
    put(string: text.canvasText, x: x, y: y, width: width, style: style, align: align)
  }

  public enum Alignment: Sendable { case left, right }

  private mutating func put(string: String, x: Int, y: Int, width: Int, style: Style, align: Alignment) -> Int {
    guard width > 0 else { return 0 }
    let string = shown(string, width: width)
    let needed = TextWidth.of(string)
    let isCut = needed > width
    let limit = isCut ? width - glyphs.ellipsisWidth : width
    var column = align == .right && !isCut && width != .max ? x + width - needed : x
    let start = column
    for scalar in string.unicodeScalars {
      let size = TextWidth.of(scalar)
      if size == 0 {
        addMark(scalar, x: column - 1, y: y)
        continue
      }
      if column - start + size > limit { break }
      set(scalar, width: size, x: column, y: y, style: style)
      column += size
    }
    if isCut && limit >= 0 {
      for scalar in glyphs.ellipsis.unicodeScalars {
        set(scalar, width: 1, x: column, y: y, style: style)
        column += 1
      }
    }
    return column - start
  }

  /// The text as this terminal can show it.
  private func shown(_ string: String, width: Int) -> String {
    guard let spelled = glyphs.spelled(string) else { return string }
    let isCut = width >= 8 && TextWidth.of(spelled) > width
    return isCut ? GlyphSpelling.cut(spelled, to: width, ellipsis: glyphs.ellipsis) : spelled
  }

  /// The text as this terminal shows it, whole: what is to be cut is cut behind this.
  public func spelled(_ text: some CanvasText) -> String { glyphs.spelled(text.canvasText) ?? text.canvasText }

  /// Columns that a text takes on this terminal.
  public func columns(of text: some CanvasText) -> Int { glyphs.columns(text.canvasText) }

  /// Fills a rectangle with one character.
  public mutating func fill(_ rect: Rect, with scalar: Unicode.Scalar = " ", style: Style = .plain) {
    for y in rect.y..<rect.endY {
      for x in rect.x..<rect.endX { set(scalar, width: 1, x: x, y: y, style: style) }
    }
  }

  /// Lays a style over what is drawn already.
  public mutating func restyle(_ rect: Rect, _ change: (inout Style) -> Void) {
    let area = clip.intersection(rect)
    for y in area.y..<area.endY {
      for x in area.x..<area.endX { change(&frame.cells[y * frame.size.columns + x].style) }
    }
  }

  public mutating func set(_ scalar: Unicode.Scalar, x: Int, y: Int, style: Style) {
    set(scalar, width: TextWidth.of(scalar), x: x, y: y, style: style)
  }

  private mutating func set(_ scalar: Unicode.Scalar, width: Int, x: Int, y: Int, style: Style) {
    guard y >= clip.y, y < clip.endY, x >= clip.x, x + width <= clip.endX, width > 0 else { return }
    clear(x: x, y: y)
    if width == 2 { clear(x: x + 1, y: y) }
    let index = y * frame.size.columns + x
    frame.cells[index] = Cell(scalar: glyphs.drawable(scalar), mark1: 0, mark2: 0, style: style)
    if width == 2 { frame.cells[index + 1] = Cell(scalar: 0, mark1: 0, mark2: 0, style: style) }
    if width == 2 && frame.cells[index].scalar < 0x80 { frame.cells[index + 1].scalar = 0x3F }
  }

  /// A cell that is overwritten takes the other half of its wide character with it.
  private mutating func clear(x: Int, y: Int) {
    let index = y * frame.size.columns + x
    if frame.cells[index].isContinuation && x > 0 { frame.cells[index - 1].scalar = 0x20 }
    if x + 1 < frame.size.columns && frame.cells[index + 1].isContinuation { frame.cells[index + 1].scalar = 0x20 }
  }

  private mutating func addMark(_ scalar: Unicode.Scalar, x: Int, y: Int) {
    guard !glyphs.isASCII, y >= clip.y, y < clip.endY, x >= clip.x, x < clip.endX else { return }
    var index = y * frame.size.columns + x
    if frame.cells[index].isContinuation && x > 0 { index -= 1 }
    if frame.cells[index].mark1 == 0 {
      frame.cells[index].mark1 = scalar.value
    } else if frame.cells[index].mark2 == 0 {
      frame.cells[index].mark2 = scalar.value
    }
  }
}
