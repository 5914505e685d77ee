import Canvas
import OpsModel

/// The dialog in which something is confirmed. What is meant and what will happen stand in the title and in the first lines at every size;
/// what follows can be scrolled; the keys stand last and are never cut.
struct ConfirmDialog {
  struct Line {
    let label: SafeText
    let text: SafeText
    let style: Style

    init(_ label: SafeText, _ text: SafeText, _ style: Style = .plain) {
      self.label = label
      self.text = text
      self.style = style
    }

    init(_ label: SafeText, _ text: SafeText, _ role: Role) { self.init(label, text, Style(role)) }
  }

  /// A line of the foot; the last one may be where text is typed.
  struct Foot {
    let text: SafeText
    let style: Style
    var isInput = false
  }

  /// Columns from which labels have a column of their own.
  static let roomy = 50
  static let gutter = 11

  let title: SafeText
  /// Who is meant, and what happens to them.
  let head: [Line]
  let rest: [Line]
  let foot: [Foot]
  /// Columns of text at most.
  var columns = 96
  /// Rows that were gone down.
  var top = 0

  /// - Returns: whether every line of the head stands on the screen. Where it does not, no answer may be taken.
  func draw(_ canvas: inout Canvas, _ area: Rect) -> Bool {
    let width = max(1, min(columns, area.width - 4))
    let feet = foot.flatMap { line in
      TextWrap.lines(line.text, width: width).map { Foot(text: $0, style: line.style, isInput: line.isInput) }
    }
    let body = rest.flatMap { Self.rows(of: $0, width) }
    let room = area.height - 2 - feet.count
    let layout = Layout(head: head, body: body, room: room, width: width)
    var box = Dialog.draw(
      &canvas, in: area, title: TextWrap.middle(title, width: max(1, width - 2)), columns: width,
      rows: layout.head.count + body.count + feet.count + 1)
    let low = box.takeBottom(min(feet.count, box.height))
    draw(layout, body, &canvas, box)
    for (row, line) in feet.prefix(low.height).enumerated() {
      let taken = canvas.put(line.text, x: low.x, y: low.y + row, width: low.width, style: line.style)
      if line.isInput { canvas.cursor = .init(column: min(low.endX - 1, low.x + taken), row: low.y + row) }
    }
    return layout.isWhole && (layout.isPinned || start(layout, body) == 0)
  }

  /// The first of all rows that is shown; of the rest alone where the head stays.
  private func start(_ layout: Layout, _ body: [Row]) -> Int {
    let all = layout.isPinned ? body.count : layout.head.count + body.count
    return min(top, max(0, all - layout.room(below: layout.isPinned)))
  }

  private func draw(_ layout: Layout, _ body: [Row], _ canvas: inout Canvas, _ box: Rect) {
    let start = start(layout, body)
    let shown = layout.isPinned ? body : layout.head + body
    let fixed = layout.isPinned ? layout.head : []
    let room = layout.room(below: layout.isPinned)
    for (row, line) in (fixed + shown.dropFirst(start).prefix(room)).prefix(box.height).enumerated() {
      canvas.put(line.text, x: box.x + line.indent, y: box.y + row, width: max(0, box.width - line.indent), style: line.style)
      canvas.put(line.label, x: box.x, y: box.y + row, width: min(Self.gutter - 1, box.width), style: Style(.header))
    }
    guard layout.isLong, box.height > 0 else { return }
    let below = shown.count - start - room
    let words: SafeText = below > 0 ? "\(Units.count(below, "more line")): Down" : "the end; Up goes back"
    canvas.put(words, x: box.x, y: box.endY - 1, width: box.width, style: Style(below > 0 ? .warning : .faint), align: .right)
  }

  // MARK: Rows

  struct Row {
    let label: SafeText
    let text: SafeText
    let indent: Int
    let style: Style
  }

  /// A label has its own column, or stands before its text where there is little room.
  fileprivate static func rows(of line: Line, _ width: Int) -> [Row] {
    let isRoomy = width >= roomy
    let indent = isRoomy ? gutter : 0
    let text: SafeText = isRoomy || line.label.isEmpty ? line.text : "\(line.label): \(line.text)"
    return TextWrap.lines(text, width: max(1, width - indent)).enumerated().map { place, part in
      Row(label: place == 0 && isRoomy ? line.label : "", text: part, indent: indent, style: line.style)
    }
  }
}

extension ConfirmDialog {
  /// How the head fits: whole, or with its longest texts shortened in their middle, so that what tells two names apart stays.
  struct Layout {
    private(set) var head: [Row] = []
    /// The head stays where the rest is scrolled.
    let isPinned: Bool
    /// Not all rows fit.
    let isLong: Bool
    /// Every line of the head fits.
    let isWhole: Bool
    private let room: Int

    init(head lines: [Line], body: [Row], room: Int, width: Int) {
      var rows = lines.map { ConfirmDialog.rows(of: $0, width) }
      func count() -> Int { rows.reduce(0) { $0 + $1.count } }
      let isLong = count() + body.count > room
      // One row says how much more there is.
      let most = max(0, isLong ? room - 1 : room)
      while count() > most, let worst = rows.indices.max(by: { rows[$0].count < rows[$1].count }), rows[worst].count > 1 {
        let line = lines[worst]
        let next = (rows[worst].count - 1) * max(1, width - (width >= ConfirmDialog.roomy ? ConfirmDialog.gutter : 0))
        let label = width >= ConfirmDialog.roomy || line.label.isEmpty ? 0 : TextWidth.of(line.label.text) + 2
        // Breaking at blanks may need a row more than the columns do: then a little less is kept.
        var kept = next - label
        let before = rows[worst].count
        repeat {
          rows[worst] = ConfirmDialog.rows(of: Line(line.label, TextWrap.middle(line.text, width: max(1, kept)), line.style), width)
          kept -= 4
        } while rows[worst].count >= before && kept > 1
        if rows[worst].count >= before { break }
      }
      head = rows.flatMap { $0 }
      self.room = most
      self.isLong = isLong
      isWhole = head.count <= most
      isPinned = head.count < most || !isLong
    }

    /// Rows for what can be scrolled.
    func room(below isPinned: Bool) -> Int { max(0, isPinned ? room - head.count : room) }
  }
}
