import Canvas
import OpsModel

/// `?`: every key that works here, from the command table.
struct HelpPage: Equatable {
  struct Line: Equatable {
    let keys: SafeText
    let text: SafeText
    let isTitle: Bool
  }

  let lines: [Line]
  var top = 0

  init(sections: [(title: SafeText, commands: [Command])], keymap: Keymap) {
    var lines: [Line] = []
    for section in sections where !section.commands.isEmpty {
      if !lines.isEmpty { lines.append(Line(keys: "", text: "", isTitle: false)) }
      lines.append(Line(keys: "", text: section.title, isTitle: true))
      for command in section.commands {
        let keys = keymap.keys(of: command).map(\.description).joined(separator: " ")
        lines.append(Line(keys: SafeText(escaping: keys), text: command.summary, isTitle: false))
      }
    }
    self.lines = lines
  }

  mutating func take(_ key: Key, page: Int) {
    let most = max(0, lines.count - max(1, page))
    switch key {
    case .down, Key("j"): top = min(most, top + 1)
    case .up, Key("k"): top = max(0, top - 1)
    case .pageDown, Key("Space"): top = min(most, top + max(1, page - 1))
    case .pageUp: top = max(0, top - max(1, page - 1))
    case .home, Key("g"): top = 0
    case .end, Key("G"): top = most
    default: break
    }
  }

  func draw(_ canvas: inout Canvas, _ area: Rect) {
    let box = Dialog.draw(
      &canvas, in: area, title: "Keys (Esc closes)" as SafeText, columns: min(96, area.width - 4), rows: min(lines.count, area.height - 2))
    let shown = min(top, max(0, lines.count - box.height))
    for row in 0..<box.height where shown + row < lines.count {
      let line = lines[shown + row]
      if line.isTitle {
        canvas.put(line.text, x: box.x, y: box.y + row, width: box.width, style: Style(.title))
      } else {
        canvas.put(line.keys, x: box.x, y: box.y + row, width: min(13, box.width), style: Style(.key))
        canvas.put(line.text, x: box.x + 14, y: box.y + row, width: max(0, box.width - 14))
      }
    }
  }
}
