import Canvas
import OpsModel

/// A list that narrows while one types: the palette, the choice of a sort column.
struct Chooser: Equatable {
  struct Item: Equatable {
    /// What is chosen: a command or a column.
    let id: String
    let title: SafeText
    /// Stands at the right, such as the key.
    let side: SafeText
    let preview: SafeText
    /// Why it can not be chosen now.
    let disabled: SafeText?
  }

  let title: SafeText
  let items: [Item]
  var input = InputLine()
  var index = 0

  /// Items whose title or id holds every typed word; those that begin with the text come first.
  var matches: [Item] {
    let words = input.text.lowercased().split(separator: " ")
    guard !words.isEmpty else { return items }
    let found = items.filter { item in
      let text = item.title.text.lowercased() + " " + item.id.lowercased()
      return words.allSatisfy { text.contains($0) }
    }
    let typed = input.text.lowercased()
    return found.filter { $0.title.text.lowercased().hasPrefix(typed) } + found.filter { !$0.title.text.lowercased().hasPrefix(typed) }
  }

  var current: Item? {
    let all = matches
    return all.isEmpty ? nil : all[min(index, all.count - 1)]
  }

  mutating func take(_ key: Key) {
    switch key {
    case .up, Key("Ctrl-P"): index = max(0, min(index, matches.count - 1) - 1)
    case .down, Key("Ctrl-N"): index = min(max(0, matches.count - 1), index + 1)
    default: if input.take(key) { index = 0 }
    }
  }

  func draw(_ canvas: inout Canvas, _ area: Rect) {
    let all = matches
    let wanted = min(items.count, max(3, area.height - 8))
    var box = Dialog.draw(&canvas, in: area, title: title, columns: min(72, area.width - 4), rows: wanted + 4)
    let line = box.takeTop(1)
    var x = line.x
    x += canvas.put("> " as SafeText, x: x, y: line.y, style: Style(.key))
    let typed = SafeText(escaping: input.text)
    canvas.put(typed, x: x, y: line.y, width: max(0, line.endX - x), style: Style(.input))
    canvas.cursor = .init(column: min(line.endX - 1, x + canvas.columns(of: SafeText(escaping: input.head, limit: .max))), row: line.y)
    let foot = box.takeBottom(min(2, box.height / 2))
    let top = Table<Item>.top(showing: min(index, all.count - 1), from: 0, of: all.count, page: max(1, box.height))
    for row in 0..<box.height where top + row < all.count {
      draw(
        all[top + row], &canvas, Rect(x: box.x, y: box.y + row, width: box.width, height: 1),
        isCurrent: top + row == min(index, all.count - 1))
    }
    guard let current else {
      canvas.put("nothing of that name" as SafeText, x: box.x, y: box.y, width: box.width, style: Style(.faint))
      return
    }
    let isDisabled = current.disabled != nil
    let preview: SafeText = current.disabled.map { "not now: \($0)" } ?? current.preview
    canvas.put(preview, x: foot.x, y: foot.endY - 1, width: foot.width, style: Style(isDisabled ? .warning : .faint))
  }

  private func draw(_ item: Item, _ canvas: inout Canvas, _ area: Rect, isCurrent: Bool) {
    let style = Style(item.disabled == nil ? .text : .disabled, bold: isCurrent)
    canvas.put(isCurrent ? "▸" : " " as SafeText, x: area.x, y: area.y, width: 1, style: Style(.key))
    canvas.put(item.title, x: area.x + 2, y: area.y, width: max(0, area.width - 16), style: style)
    canvas.put(item.side, x: area.endX - 14, y: area.y, width: 14, style: Style(.key), align: .right)
  }
}
