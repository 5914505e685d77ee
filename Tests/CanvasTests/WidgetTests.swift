import Testing

@testable import Canvas

@Suite("Widgets")
struct WidgetTests {
  @Test("columns fall away by priority, and the room left over goes to those that stretch")
  func columns() {
    let columns = [
      TableLayout.Column(width: 10, priority: 0, maximum: 30), .init(width: 6, priority: 2), .init(width: 8, priority: 1),
    ]
    #expect(TableLayout.widths(of: columns, in: 26) == [10, 6, 8])
    #expect(TableLayout.widths(of: columns, in: 20) == [11, 0, 8])
    #expect(TableLayout.widths(of: columns, in: 36) == [20, 6, 8])
    #expect(TableLayout.widths(of: columns, in: 4) == [4, 0, 0])
    for room in 0...60 {
      let widths = TableLayout.widths(of: columns, in: room)
      let shown = widths.filter { $0 > 0 }
      #expect(shown.reduce(0, +) + max(0, shown.count - 1) <= room)
    }
  }

  @Test("a sparkline shows zero as the lowest bar, what was not measured as a gap, and nothing before the beginning")
  func sparkline() {
    var canvas = Canvas(size: Size(columns: 6, rows: 1))
    Sparkline([nil, 0, 5, nil, 10, 10]).draw(&canvas, x: 0, y: 0, width: 6)
    #expect(canvas.frame.text(row: 0) == " ▁▅░██")
  }

  @Test("an input line is edited, bounded, and takes no control character from a paste")
  func input() {
    var line = InputLine("state:busy")
    _ = line.take(.backspace)
    #expect(line.text == "state:bus")
    _ = line.take(.home)
    _ = line.take(Key("x"))
    #expect(line.text == "xstate:bus")
    line.insert("a\u{1B}[31m\nb")
    #expect(line.text == "xa[31mbstate:bus")
    line.insert(String(repeating: "y", count: 10_000))
    #expect(line.text.count == line.limit)
    _ = line.take(.end)
    _ = line.take(Key("Ctrl-W"))
    #expect(line.text.isEmpty)
  }

  @Test("colours are read by name, number and RGB, and reduced for poorer terminals")
  func colours() {
    #expect(Colour("default") == .terminal)
    #expect(Colour("bright-red") == .indexed(9))
    #expect(Colour("214") == .indexed(214))
    #expect(Colour("#ff0000") == .indexed(196))
    #expect(Colour("#12345") == nil)
    #expect(Colour("256") == nil)
    #expect(Colour.indexed(196).reducedTo16 == .indexed(9))
    #expect(Colour.indexed(3).reducedTo16 == .indexed(3))
    #expect(["#87d787", "#5f87ff", "#d787d7", "#ffaf00"].map { Colour($0)?.reducedTo16 } == [10, 12, 13, 11].map { .indexed($0) })
    // Greys stay as dark or light as they are: a dark background is not white on a poorer terminal.
    #expect(["#1c1c1c", "#585858", "#c6c6c6", "#eeeeee"].map { Colour($0)?.reducedTo16 } == [0, 8, 7, 15].map { .indexed($0) })
  }

  @Test("keys are read as people write them")
  func keys() {
    #expect(Key(parsing: "enter") == .enter)
    #expect(Key(parsing: "ctrl-r") == Key("Ctrl-R"))
    #expect(Key(parsing: "F5") == Key("F5"))
    #expect(Key(parsing: "Space") == Key(" " as Unicode.Scalar))
    #expect(Key(parsing: "Hyper-X") == nil)
  }
}

@Suite("A line that is typed into")
struct InputLineTests {
  @Test("marks that join the character before them leave the cursor inside of the text")
  func marks() {
    var line = InputLine()
    for scalar: Unicode.Scalar in ["e", "\u{301}", "\u{301}", "\u{200D}", "x", "\u{1F1E9}", "\u{1F1EA}", "\u{301}"] {
      line.insert(String(Character(scalar)))
      _ = line.take(.left)
      line.insert("\u{308}")
      _ = line.take(.right)
    }
    #expect(line.head.count <= line.text.count)
    for key in [Key.backspace, .delete, .left, .delete, .right, .backspace, Key("Ctrl-W"), Key("Ctrl-U")] {
      _ = line.take(key)
      line.insert("y\u{301}")
      #expect(line.text.hasPrefix(line.head) || line.head.count <= line.text.count)
    }
  }

  @Test("what is typed in the middle stands in the middle")
  func middle() {
    var line = InputLine("ac")
    _ = line.take(.left)
    line.insert("b")
    #expect(line.text == "abc" && line.head == "ab")
  }
}
