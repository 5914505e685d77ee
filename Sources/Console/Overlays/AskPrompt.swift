import Canvas
import OpsModel

/// The line in which an answer is typed. Enter makes a plan of it or looks, and changes nothing yet.
struct AskPrompt: Equatable {
  /// Characters of an answer.
  static let limit = 8_192

  let request: AskRequest
  var input: InputLine

  init(_ request: AskRequest) {
    self.request = request
    input = InputLine(request.prefill, limit: Self.limit)
  }

  var isBlank: Bool { input.text.allSatisfy(\.isWhitespace) }

  private var hint: SafeText {
    switch request.purpose {
    case .argument: "  Enter shows the plan, Esc drops"
    case .time: "  \(TapeTime.examples)"
    case .note: "  Enter writes it onto the tape, Esc drops"
    case .quiet: "  such as 2h the disk is being replaced   Enter does it, Esc drops"
    case .find: "  columns: \(SafeText(escaping: DeadLetter.filterFields.map(\.name).joined(separator: " ")))   Enter looks, Esc drops"
    }
  }

  /// - Parameter line: the line of the answer; what is asked for takes the one above where half a line is too short for it.
  /// - Returns: the lines that it takes.
  @discardableResult
  func draw(_ canvas: inout Canvas, _ line: Rect) -> Int {
    canvas.fill(line)
    var x = line.x + 1
    let question: SafeText = "\(request.question): "
    let room = max(1, line.width - 1)
    // What is asked for is whole, or keeps its head and its tail.
    let above =
      TextWidth.of(question.text) > line.width / 2
      ? TextWrap.lines(TextWrap.middle(question, width: 2 * room - 8), width: room).prefix(min(3, line.y)) : []
    if !above.isEmpty {
      for (row, text) in above.enumerated() {
        let place = Rect(x: line.x, y: line.y - above.count + row, width: line.width, height: 1)
        canvas.fill(place)
        canvas.put(text, x: x, y: place.y, width: room, style: Style(.key))
      }
      x += canvas.put("> " as SafeText, x: x, y: line.y, style: Style(.key))
    } else {
      x += canvas.put(question, x: x, y: line.y, width: max(0, line.width / 2), style: Style(.key))
    }
    let hint = hint
    let isWide = line.endX - x > 2 * TextWidth.of(hint.text)
    let space = max(1, line.endX - x - 1 - (isWide ? TextWidth.of(hint.text) : 0))
    if isWide { canvas.put(hint, x: line.x, y: line.y, width: line.width - 1, style: Style(.faint), align: .right) }
    // Of a long text the part with the cursor is shown.
    let head = SafeText(escaping: input.head, limit: .max)
    let skipped = max(0, head.text.count - space)
    let shown = SafeText(escaping: String(input.text.dropFirst(min(skipped, input.head.count))), limit: .max)
    canvas.put(shown, x: x, y: line.y, width: space, style: Style(.input))
    let before = SafeText(escaping: String(input.head.dropFirst(min(skipped, input.head.count))), limit: .max)
    canvas.cursor = .init(column: min(line.endX - 1, x + canvas.columns(of: before)), row: line.y)
    return above.count + 1
  }
}
