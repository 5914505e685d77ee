public import Canvas
public import OpsModel

extension Table {
  /// Draws header and rows; `rows` are arranged already.
  /// - Parameter empty: what to say where there is no row.
  public func draw(
    _ rows: [Row], _ state: TableState, _ context: PanelContext, _ canvas: inout Canvas, _ area: Rect, empty: SafeText
  ) {
    var body = area
    let head = body.takeTop(1)
    let widths = TableLayout.widths(
      of: columns.map { .init(width: $0.width, priority: $0.priority, maximum: $0.maximum) }, in: area.width - 2)
    let shown = TableLayout.places(widths, from: area.x + 2)
    drawHead(state, shown, &canvas, head)
    guard !rows.isEmpty else {
      canvas.put(empty, x: body.x + 2, y: body.y, width: max(0, body.width - 2), style: Style(.faint))
      return
    }
    let index = index(of: state, in: rows)
    let top = Self.top(showing: index, from: state.top, of: rows.count, page: body.height)
    for line in 0..<body.height where top + line < rows.count {
      let place = Rect(x: body.x, y: body.y + line, width: body.width, height: 1)
      let row = rows[top + line]
      draw(row, shown, context, &canvas, place, isCursor: top + line == index)
      if !state.marks.isEmpty && state.marks.contains(id(row)) {
        canvas.put("◉" as SafeText, x: place.x + 1, y: place.y, width: 1, style: Style(.mark))
      }
    }
  }

  private func drawHead(_ state: TableState, _ shown: [TableLayout.Place], _ canvas: inout Canvas, _ area: Rect) {
    guard !area.isEmpty else { return }
    let order = state.sort ?? defaultSort
    for place in shown {
      let column = columns[place.column]
      let isSorted = column.id == order.column
      let sign: SafeText = isSorted ? (order.isDescending ? "▾" : "▴") : ""
      canvas.put(
        sign.isEmpty ? column.title : column.title + sign, x: place.x, y: area.y, width: place.width, style: Style(.header),
        align: column.align)
    }
  }

  private func draw(
    _ row: Row, _ shown: [TableLayout.Place], _ context: PanelContext, _ canvas: inout Canvas, _ area: Rect, isCursor: Bool
  ) {
    if isCursor { canvas.put("▸" as SafeText, x: area.x, y: area.y, width: 1, style: Style(.key)) }
    for place in shown {
      let cell = columns[place.column].cell(row, context, place.width)
      if let line = cell.line {
        Sparkline(line, pins: cell.pins).draw(&canvas, x: place.x, y: area.y, width: place.width, style: cell.style)
      } else {
        canvas.put(cell.text, x: place.x, y: area.y, width: place.width, style: cell.style, align: columns[place.column].align)
      }
    }
    let isDim = isDimmed(row, context)
    if isDim { canvas.restyle(area) { $0.isDimmed = true } }
    // Only the first cell changes with the cursor: on a slow link a move of it must cost little.
    let first = shown.first?.width ?? 0
    if isCursor { canvas.restyle(Rect(x: area.x + 2, y: area.y, width: first, height: 1)) { $0.isBold = true } }
  }
}

extension SafeText: CanvasText {
  public var canvasText: String { text }
}
