import Canvas
import Foundation
import OpsModel
import Testing

@Suite("Golden screens hold every style of every cell")
@MainActor
struct GoldenPictureTests {
  private static let readme = Golden.folder.appendingPathComponent("README.md")

  @Test("every role has a letter that no other has, whatever its case")
  func letters() {
    #expect(Set(Role.allCases.map { GoldenPicture.letter($0).lowercased() }).count == Role.allCases.count)
  }

  @Test("the legend that people read is the one that is drawn")
  func legend() throws {
    var read: [String: String] = [:]
    for line in try String(contentsOf: Self.readme, encoding: .utf8).split(separator: "\n") {
      let parts = line.split(separator: "|").map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " `")) }
      if parts.count >= 2, parts[0].count == 1 { read[parts[1]] = parts[0] }
    }
    let drawn = Role.allCases.filter { $0 != .text }.map { ($0.name, String(GoldenPicture.letter($0))) }
    #expect(read == Dictionary(uniqueKeysWithValues: drawn))
  }

  @Test("two cells that look different in any way make different pictures")
  func combinations() {
    var pictures: Set<String> = []
    var count = 0
    for role in Role.allCases {
      for overlay in 0..<8 {
        var canvas = Canvas(size: Size(columns: 3, rows: 1))
        let style = Style(role, reversed: overlay & 1 != 0, dimmed: overlay & 2 != 0, bold: overlay & 4 != 0)
        canvas.set("x", x: 1, y: 0, style: style)
        pictures.insert(GoldenPicture.text(canvas.frame))
        count += 1
      }
    }
    #expect(pictures.count == count)
  }

  @Test("letters stand under their cells, also behind wide characters and marks")
  func columns() {
    var canvas = Canvas(size: Size(columns: 9, rows: 2))
    canvas.put("日e\u{301}" as StaticString, x: 1, y: 0, style: Style(.ok))
    canvas.put("no" as StaticString, x: 5, y: 0, style: Style(.critical, bold: true))
    canvas.cursor = .init(column: 4, row: 1)
    #expect(GoldenPicture.text(canvas.frame) == "│ 日e\u{301} no\n: OOO CC\n+     44\n│\ncursor 4 1\n")
  }

  @Test("no file lies among the golden screens that no test compares with")
  func forgotten() throws {
    let files = try #require(FileManager.default.enumerator(atPath: Golden.folder.path)).compactMap { $0 as? String }
    let recorded = Set(files.filter { $0.hasSuffix(".txt") })
    let known = GoldenCase.all.map(\.path)
    #expect(Set(known).count == known.count, "two cases compare with one file")
    #expect(recorded == Set(known))
  }

  @Test("with 16 colours and without any the cells are the same; only what the terminal makes of them differs")
  func looks() throws {
    for keys in [[], [Key("2")], [Key("4")], [Key("5")], [Key("3")], [Key("?")], [Key(":")]] as [[Key]] {
      let frames = try [Look.colours256, .colours16, .mono].map { look in
        let headless = try Headless(80, 24, look: look)
        Scenes.fill(headless, "fresh")
        for key in keys { headless.press(key) }
        return headless.frame
      }
      #expect(frames[0] == frames[1] && frames[0] == frames[2])
    }
  }
}
