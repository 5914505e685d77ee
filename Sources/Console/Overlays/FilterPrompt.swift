import Canvas
import OpsModel

/// The line of `/`. The table follows while one types; a text that is not understood changes nothing and says why.
struct FilterPrompt: Equatable {
  var input: InputLine
  /// What was there before, for Esc.
  let before: TableState
  let fields: [FilterField]
  var error: FilterError?

  init(state: TableState, fields: [FilterField]) {
    input = InputLine(state.filterText)
    before = state
    self.fields = fields
  }

  /// The table as the text so far would have it.
  mutating func applied(to state: TableState) -> TableState {
    var next = state
    do throws(FilterError) {
      next.filter = try Filter.parse(input.text, fields: fields)
      next.filterText = input.text
      error = nil
    } catch {
      self.error = error
    }
    return next
  }

  func draw(_ canvas: inout Canvas, _ line: Rect) {
    canvas.fill(line)
    var x = line.x
    x += canvas.put("/ " as SafeText, x: x, y: line.y, style: Style(.key))
    let typed = SafeText(escaping: input.text)
    let taken = canvas.put(typed, x: x, y: line.y, width: max(0, line.endX - x), style: Style(.input))
    canvas.cursor = .init(column: min(line.endX - 1, x + canvas.columns(of: SafeText(escaping: input.head, limit: .max))), row: line.y)
    let room = line.endX - x - taken - 2
    let hint: SafeText =
      error?.message ?? "columns: \(SafeText(escaping: fields.map(\.name).joined(separator: " ")))   Enter keeps, Esc drops"
    guard room > 10 else { return }
    canvas.put(hint, x: x + taken + 2, y: line.y, width: room, style: Style(error == nil ? .faint : .warning))
  }
}
