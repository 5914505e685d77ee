import Canvas
import Console
import OpsModel

/// Draws the part of a plan that fits the screen.
struct PlanDrawing {
  let document: PlanDocument
  let state: PlanPanel.State
  let context: PanelContext

  private var analysis: ExplainAnalysis { document.analysis }

  func draw(_ canvas: inout Canvas, _ area: Rect) {
    let lines = PlanLines.of(document, open: state.open, width: area.width)
    var body = area
    let head = body.takeTop(1)
    drawHead(&canvas, head)
    let top = min(state.top, max(0, lines.count - body.height))
    for row in 0..<body.height where top + row < lines.count {
      let place = Rect(x: body.x, y: body.y + row, width: body.width, height: 1)
      let line = lines[top + row]
      if top + row == state.cursor { canvas.put("▸" as SafeText, x: place.x, y: place.y, width: 1, style: Style(.key)) }
      draw(line, &canvas, Rect(x: place.x + 1, y: place.y, width: max(0, place.width - 1), height: 1))
    }
  }

  // MARK: Columns

  /// Widths of the number columns right of the tree; those that do not fit are left out from the right end of this list.
  private func columns(_ width: Int) -> [(title: SafeText, width: Int, text: (Int) -> (SafeText, Role))] {
    var all: [(title: SafeText, width: Int, text: (Int) -> (SafeText, Role))] = []
    if analysis.plan.isAnalyzed {
      all = [
        ("self", 9, own), ("%", 5, share), ("rows", 8, rows), ("est×", 7, estimate), ("loops", 7, loops), ("read", 8, read),
        ("total", 9, total),
      ]
    } else if analysis.plan.hasRows {
      all = [("rows", 8, rows), ("est×", 7, estimate), ("loops", 7, loops), ("read", 8, read)]
    } else {
      all = [("rows", 9, planned), ("cost", 12, cost)]
    }
    var left = width - 24
    return all.prefix { column in
      left -= column.width + 1
      return left >= 0
    }.map { $0 }
  }

  private func drawHead(_ canvas: inout Canvas, _ area: Rect) {
    let columns = columns(area.width)
    canvas.put("node" as SafeText, x: area.x + 2, y: area.y, width: 10, style: Style(.header))
    var x = area.endX - columns.reduce(0) { $0 + $1.width + 1 }
    for column in columns {
      canvas.put(column.title, x: x, y: area.y, width: column.width, style: Style(.header), align: .right)
      x += column.width + 1
    }
  }

  private func draw(_ line: PlanLine, _ canvas: inout Canvas, _ area: Rect) {
    switch line.kind {
    case .text(let words, let role): canvas.put(words, x: area.x, y: area.y, width: area.width, style: Style(role))
    case .heading(let words): canvas.put(words, x: area.x, y: area.y, width: area.width, style: Style(.title))
    case .node(let index): draw(node: index, &canvas, area)
    case .columns(let cells): draw(cells, .header, &canvas, area)
    case .row(let cells, let isPart): draw(cells, isPart ? .faint : .text, &canvas, area)
    }
  }

  private func draw(node index: Int, _ canvas: inout Canvas, _ area: Rect) {
    let node = analysis.plan.nodes[index]
    let columns = columns(area.width + 1)
    let room = max(8, area.width - columns.reduce(0) { $0 + $1.width + 1 })
    let indent = min(node.depth, max(0, room / 2 - 6))
    let object: SafeText = node.object.map { "  \($0)" } ?? ""
    let role: Role = node.isExecuted || !analysis.plan.hasRows ? .text : .faint
    let marker: SafeText = node.isExecuted || !analysis.plan.hasRows ? "" : " (never executed)"
    canvas.put(
      "\(index + 1) \(node.label)\(object)\(marker)" as SafeText, x: area.x + indent, y: area.y, width: max(0, room - indent - 1),
      style: Style(role))
    var x = area.x + room
    for column in columns {
      let (text, role) = column.text(index)
      canvas.put(text, x: x, y: area.y, width: column.width, style: Style(role), align: .right)
      x += column.width + 1
    }
  }

  private func draw(_ cells: [SafeText], _ role: Role, _ canvas: inout Canvas, _ area: Rect) {
    let widths = cells.count == 4 ? [28, 6, 14, 11] : [28, 6, 9, 12, 6]
    let others = widths.dropFirst().reduce(0, +) + widths.count - 1
    let first = min(widths[0] + 12, max(10, area.width - others - 1))
    var x = area.x
    for (place, cell) in cells.enumerated() {
      let width = place == 0 ? first : widths[place]
      canvas.put(cell, x: x, y: area.y, width: min(width, max(0, area.endX - x)), style: Style(role), align: place == 0 ? .left : .right)
      x += width + 1
    }
  }

  // MARK: Cells

  private func own(_ index: Int) -> (SafeText, Role) {
    let time = analysis.times.exclusive[index]
    return (PlanNumbers.ms(time), heat(index))
  }

  private func heat(_ index: Int) -> Role {
    guard let whole = analysis.whole else { return .text }
    let share = analysis.times.exclusive[index] / whole
    return share >= 0.4 ? .critical : (share >= 0.15 ? .warning : .text)
  }

  private func share(_ index: Int) -> (SafeText, Role) {
    (PlanNumbers.percent(analysis.whole.map { analysis.times.exclusive[index] / $0 }), heat(index))
  }

  private func total(_ index: Int) -> (SafeText, Role) { (PlanNumbers.ms(analysis.times.inclusive[index]), .faint) }

  private func rows(_ index: Int) -> (SafeText, Role) {
    (analysis.plan.nodes[index].totalRows.map { Units.short($0) } ?? "—", .text)
  }

  private func estimate(_ index: Int) -> (SafeText, Role) {
    guard let estimate = analysis.estimates.list[index] else { return ("—", .faint) }
    guard estimate.factor >= 2 else { return ("ok", .faint) }
    let factor = estimate.factor < 10 ? PlanNumbers.percent(estimate.factor / 100) : Units.short(estimate.factor)
    let role: Role = !estimate.isJudged ? .faint : (estimate.factor >= 100 ? .critical : (estimate.factor >= 10 ? .warning : .text))
    return ("\(factor)\(estimate.isUnder ? "↑" : "↓")", role)
  }

  private func loops(_ index: Int) -> (SafeText, Role) { (Units.short(analysis.plan.nodes[index].loops), .faint) }

  private func read(_ index: Int) -> (SafeText, Role) {
    guard let blocks = analysis.plan.nodes[index][.sharedRead] else { return ("—", .faint) }
    return (blocks == 0 ? "·" : Units.bytes(blocks * 8192), .text)
  }

  private func planned(_ index: Int) -> (SafeText, Role) { (analysis.plan.nodes[index][.planRows].map { Units.short($0) } ?? "—", .text) }

  private func cost(_ index: Int) -> (SafeText, Role) {
    (analysis.plan.nodes[index][.totalCost].map { Units.count(Int(clamped: $0)) } ?? "—", .text)
  }
}
