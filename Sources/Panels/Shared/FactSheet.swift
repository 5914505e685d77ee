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
  /// - Returns: how many lines of the area it takes.
  @discardableResult
  func draw(_ canvas: inout Canvas, _ area: Rect, top: Int) -> Int {
    let labelWidth = min(18, area.width / 3)
    let valueWidth = max(1, area.width - labelWidth - 2)
    var y = area.y - top
    for fact in facts {
      if y >= area.y && y < area.endY {
        canvas.put(fact.label, x: area.x + 1, y: y, width: labelWidth - 1, style: Style(.header))
      }
      for line in TextWrap.lines(fact.value, width: valueWidth) {
        if y >= area.y && y < area.endY {
          canvas.put(line, x: area.x + labelWidth + 1, y: y, width: valueWidth, style: Style(fact.role))
        }
        y += 1
      }
    }
    return max(0, min(area.height, y - area.y))
  }
}
