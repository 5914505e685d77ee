import TestKit
import Testing

@testable import Canvas

struct Raw: CanvasText {
  let canvasText: String
}

@Suite("A canvas never draws outside its clip and never leaves half a character")
struct CanvasTests {
  static let samples = ["plain", "日本語テキスト", "e\u{0301}a\u{0308}", "mixed 日 x", "a\u{1B}[0mb", "", "😀😀"]

  @Test("random text at random places stays inside the clip")
  func clipping() {
    var generator = Seeded("canvas clipping")
    for _ in 0..<500 {
      var canvas = Canvas(size: Size(columns: 20, rows: 6))
      let clip = Rect(
        x: Int.random(in: -3...18, using: &generator), y: Int.random(in: -2...5, using: &generator),
        width: Int.random(in: 0...12, using: &generator), height: Int.random(in: 0...4, using: &generator))
      let x = Int.random(in: -6...22, using: &generator)
      let y = Int.random(in: -2...7, using: &generator)
      let text = Raw(canvasText: Self.samples.randomElement(using: &generator) ?? "")
      canvas.clipped(to: clip) { _ = $0.put(text, x: x, y: y, width: Int.random(in: 0...25, using: &generator)) }
      for row in 0..<6 {
        for column in 0..<20 where canvas.frame[column, row] != .blank {
          #expect(clip.x <= column && column < clip.endX && clip.y <= row && row < clip.endY)
        }
      }
      Self.checkWholeCharacters(canvas.frame)
    }
  }

  static func checkWholeCharacters(_ frame: Frame) {
    for row in 0..<frame.size.rows {
      for column in 0..<frame.size.columns {
        let cell = frame[column, row]
        #expect(cell.scalar == 0 || cell.scalar >= 0x20)
        if cell.isContinuation {
          #expect(column > 0 && TextWidth.of(Unicode.Scalar(frame[column - 1, row].scalar) ?? " ") == 2)
        } else if let scalar = Unicode.Scalar(cell.scalar), TextWidth.of(scalar) == 2 {
          #expect(column + 1 < frame.size.columns && frame[column + 1, row].isContinuation)
        }
      }
    }
  }

  @Test("overwriting one half of a wide character removes the other")
  func halves() {
    var canvas = Canvas(size: Size(columns: 6, rows: 1))
    canvas.put(Raw(canvasText: "日本"), x: 0, y: 0)
    canvas.put(Raw(canvasText: "x"), x: 1, y: 0)
    #expect(canvas.frame.text(row: 0) == " x本")
    Self.checkWholeCharacters(canvas.frame)
  }

  @Test("text that does not fit is cut and says so, by columns and not by characters")
  func cutting() {
    var canvas = Canvas(size: Size(columns: 10, rows: 1))
    canvas.put(Raw(canvasText: "日本語テキスト"), x: 0, y: 0, width: 6)
    #expect(canvas.frame.text(row: 0) == "日本…")
  }

  @Test("in ASCII every cell is ASCII")
  func ascii() {
    var canvas = Canvas(size: Size(columns: 12, rows: 1), glyphs: .ascii)
    canvas.put(Raw(canvasText: "日本▲●│…ü"), x: 0, y: 0)
    #expect(canvas.frame.text.allSatisfy { $0.isASCII })
  }

  private func shown(_ text: String, _ glyphs: GlyphSet, width: Int = 40) -> String {
    var canvas = Canvas(size: Size(columns: width, rows: 1), glyphs: glyphs)
    canvas.put(Raw(canvasText: text), x: 0, y: 0, width: width)
    return canvas.frame.text(row: 0)
  }

  @Test("where the terminal has no sign, the number of the character stands: different names stay different")
  func distinct() {
    #expect(shown("注文-orders", .ascii) == "\\u{6ce8 6587}-orders")
    #expect(shown("½Ω", .ascii) == "\\u{bd 3a9}")
    #expect(shown("e\u{301}", .ascii) == "e\\u{301}")
    let names = ["한국어큐", "한국어큔", "½Ω±§°αβ", "½Ω±§°αγ", "注文-orders", "注視-orders", "orders-注文", "orders-注視"]
    for width in [12, 16, 24, 40] {
      #expect(Set(names.map { shown($0, .ascii, width: width) }).count == names.count, "\(width) columns")
      #expect(Set(names.map { shown($0, .console, width: width) }).count == names.count, "\(width) columns")
    }
  }

  @Test("the Linux console shows only signs that its fonts have")
  func console() {
    #expect(shown("▲ ◆ ● ○ ▸ … — größer", .console) == "▲ ♦ • o > ~ - größer")
    #expect(shown("日本", .console) == "\\u{65e5 672c}")
    let own = GlyphSet.console
    for sign in own.levels + own.corners + [own.gap, own.horizontal, own.vertical] { #expect(own.drawable(sign) == sign.value) }
  }
}
