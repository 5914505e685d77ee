import TestKit
import Testing

@testable import Canvas

@Suite("The difference of two frames, applied to the first, is the second")
struct FrameDifferenceTests {
  @Test("for random frames")
  func random() {
    var generator = Seeded("frame difference")
    let size = Size(columns: 17, rows: 5)
    var before: Frame?
    for _ in 0..<300 {
      var canvas = Canvas(size: size)
      for _ in 0..<Int.random(in: 0...8, using: &generator) {
        let text = Raw(canvasText: CanvasTests.samples.randomElement(using: &generator) ?? "")
        let style = Style(Role.allCases.randomElement(using: &generator) ?? .text, bold: Bool.random(using: &generator))
        canvas.put(
          text, x: Int.random(in: -2...16, using: &generator), y: Int.random(in: 0...4, using: &generator),
          width: Int.random(in: 1...17, using: &generator), style: style)
      }
      let difference = FrameDifference(from: before, to: canvas.frame)
      #expect(difference.applied(to: before, size: size).cells == canvas.frame.cells)
      before = canvas.frame
    }
  }

  @Test("equal frames have none, and one changed cell is one run of one cell")
  func small() {
    let old = Canvas(size: Size(columns: 10, rows: 2)).frame
    #expect(FrameDifference(from: old, to: old).isEmpty)
    var canvas = Canvas(size: Size(columns: 10, rows: 2))
    canvas.set("x", x: 4, y: 1, style: .plain)
    let runs = FrameDifference(from: old, to: canvas.frame).runs
    #expect(runs.count == 1 && runs[0].cells.count == 1 && runs[0].column == 4 && runs[0].row == 1)
  }

  @Test("another size is drawn whole")
  func resized() {
    let old = Canvas(size: Size(columns: 10, rows: 2)).frame
    #expect(FrameDifference(from: old, to: Canvas(size: Size(columns: 9, rows: 2)).frame).isWhole)
  }
}
