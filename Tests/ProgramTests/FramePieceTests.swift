import Canvas
import TestKit
import Testing

@testable import Terminal

private struct Raw: CanvasText {
  let canvasText: String
}

@Suite("On a slow line a frame comes in pieces: what a key did first")
struct FramePieceTests {
  private func frame(cursor: Int, number: Int) -> Frame {
    var canvas = Canvas(size: Size(columns: 40, rows: 10))
    for row in 0..<10 {
      let text = row < 4 || row == 9 ? "what names the screen" : "row \(row) holds the number \(number)"
      canvas.put(Raw(canvasText: text), x: 0, y: row, style: Style(.text, reversed: row == cursor))
    }
    return canvas.frame
  }

  @Test("the rows of the cursor come before the numbers above them")
  func cursor() {
    let (old, new) = (frame(cursor: 7, number: 1), frame(cursor: 8, number: 2))
    let piece = FramePiece.of(FrameDifference(from: old, to: new), shown: old, bytes: 60)
    #expect(!piece.isWhole)
    #expect([[7], [7, 8]].contains(piece.runs.map(\.row)))
  }

  @Test("what names the screen comes before all else")
  func title() {
    let old = frame(cursor: 7, number: 1)
    var canvas = Canvas(size: Size(columns: 40, rows: 10))
    for row in 0..<10 { canvas.put(Raw(canvasText: "another panel, row \(row)"), x: 0, y: row, style: Style(.text, bold: row > 4)) }
    let piece = FramePiece.of(FrameDifference(from: old, to: canvas.frame), shown: old, bytes: 1)
    #expect(piece.runs.map(\.row) == [0])
  }

  @Test("piece by piece the whole frame is shown, and nothing else", arguments: [1, 40, 120, 10_000])
  func whole(bytes: Int) {
    var shown = frame(cursor: 2, number: 1)
    let wanted = frame(cursor: 5, number: 2)
    for _ in 0..<20 {
      let difference = FrameDifference(from: shown, to: wanted)
      let piece = FramePiece.of(difference, shown: shown, bytes: bytes)
      shown = difference.limited(to: piece.runs).applied(to: shown, size: wanted.size)
      if piece.isWhole { break }
    }
    #expect(shown.text == wanted.text && FrameDifference(from: shown, to: wanted).isEmpty)
  }
}
