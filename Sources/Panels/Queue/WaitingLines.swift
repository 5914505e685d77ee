import Canvas
import OpsModel

/// One line of the look into a queue.
struct WaitingLines {
  private let title: SafeText
  private let task: WaitingTask?
  private let role: Role

  static func of(_ tasks: WaitingTasks, _ now: Moment) -> [WaitingLines] {
    var lines: [WaitingLines] = []
    for notice in tasks.notices { lines.append(WaitingLines(title: notice.text, task: nil, role: .warning)) }
    if !tasks.next.isEmpty { lines.append(WaitingLines(title: "next, in order", task: nil, role: .header)) }
    lines += tasks.next.map { WaitingLines(title: "", task: $0, role: .text) }
    if !tasks.newest.isEmpty { lines.append(WaitingLines(title: "newest first", task: nil, role: .header)) }
    lines += tasks.newest.map { WaitingLines(title: "", task: $0, role: .text) }
    if tasks.next.isEmpty && tasks.newest.isEmpty {
      lines.append(WaitingLines(title: "nothing waits in this queue", task: nil, role: .faint))
    }
    return lines
  }

  func draw(_ canvas: inout Canvas, _ area: Rect) {
    guard let task else {
      canvas.put(title, x: area.x + 1, y: area.y, width: max(0, area.width - 1), style: Style(role))
      return
    }
    let widths = TableLayout.widths(
      of: [
        .init(width: 10, priority: 3, maximum: 36), .init(width: 7, priority: 2), .init(width: 7, priority: 4),
        .init(width: 14, priority: 0, maximum: 40), .init(width: 12, priority: 1, maximum: 200),
      ], in: area.width - 2)
    let age: SafeText = task.age.map { Units.age($0) } ?? "—"
    let size: SafeText = task.size.map { Units.bytes(Double($0)) } ?? "—"
    var tail = task.arguments ?? ""
    if let priority = task.priority, priority > 0 { tail = "[priority \(priority)] \(tail)" }
    if let note = task.note { tail = tail.isEmpty ? note : "\(tail) (\(note))" }
    let cells: [(SafeText, Role, Canvas.Alignment)] = [
      (task.name, .faint, .left), (age, .text, .right), (size, .faint, .right), (task.task ?? "—", .text, .left),
      (tail, task.note == nil ? .text : .faint, .left),
    ]
    var x = area.x + 2
    for (index, width) in widths.enumerated() where width > 0 {
      canvas.put(cells[index].0, x: x, y: area.y, width: width, style: Style(cells[index].1), align: cells[index].2)
      x += width + 1
    }
  }
}
