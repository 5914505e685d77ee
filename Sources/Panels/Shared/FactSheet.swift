import Canvas
import Console
import OpsModel

/// Labels and values below each other; long text is wrapped.
struct FactSheet {
  struct Fact {
    let label: SafeText
    let value: SafeText
    let role: Role
  }

  private(set) var facts: [Fact] = []

  mutating func add(_ label: SafeText, _ value: SafeText?, role: Role = .text) {
    facts.append(Fact(label: label, value: value ?? "—", role: value == nil ? .faint : role))
  }

  /// - Parameter top: first line shown.
  func draw(_ canvas: inout Canvas, _ area: Rect, top: Int) {
    let labelWidth = min(18, area.width / 3)
    let valueWidth = max(1, area.width - labelWidth - 2)
    var y = area.y - top
    for fact in facts {
      if y >= area.y && y < area.endY {
        canvas.put(fact.label, x: area.x + 1, y: y, width: labelWidth - 1, style: Style(.header))
      }
      for line in Self.wrapped(fact.value, width: valueWidth) {
        if y >= area.y && y < area.endY {
          canvas.put(line, x: area.x + labelWidth + 1, y: y, width: valueWidth, style: Style(fact.role))
        }
        y += 1
      }
    }
  }

  /// Lines of at most `width` columns, broken at a blank where one stands in the last third, else in the word.
  static func wrapped(_ text: SafeText, width: Int) -> [SafeText] {
    guard TextWidth.of(text.text) > width else { return [text] }
    var lines: [SafeText] = []
    var rest = Substring(text.text)
    while !rest.isEmpty && lines.count < 200 {
      var end = rest.startIndex
      var columns = 0
      while end < rest.endIndex {
        let size = TextWidth.of(String(rest[end]))
        if columns + size > width && columns > 0 { break }
        columns += size
        end = rest.index(after: end)
      }
      if end < rest.endIndex, rest[end] == " " {
        lines.append(SafeText(escaping: String(rest[..<end])))
        rest = rest[rest.index(after: end)...]
      } else if end < rest.endIndex, let blank = rest[..<end].lastIndex(of: " "), rest.distance(from: blank, to: end) < width / 3 {
        lines.append(SafeText(escaping: String(rest[..<blank])))
        rest = rest[rest.index(after: blank)...]
      } else {
        lines.append(SafeText(escaping: String(rest[..<end])))
        rest = rest[end...]
      }
    }
    return lines
  }
}
