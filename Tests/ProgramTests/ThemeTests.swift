import Canvas
import Foundation
import OpsModel
import StrictYAML
import Testing

@testable import Console
@testable import OpsConsole

@Suite("Themes and keys")
struct ThemeTests {
  static var folder: String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("themes").path
  }

  @Test("every theme that is shipped is read without a problem", arguments: ["default", "dark", "light", "high-contrast", "deuteranopia"])
  func shipped(name: String) {
    let found = ThemeFinder(folders: [Self.folder]).find(name)
    #expect(found.problems.isEmpty)
    #expect(found.file != nil)
  }

  @Test("the built-in theme and the default file are the same")
  func standard() { #expect(ThemeFinder(folders: [Self.folder]).find("default").theme == .standard) }

  @Test("errors in a theme name file, line and column")
  func errors() {
    let text = "roles:\n  warnin: {fg: red}\n  ok: {fg: reddish}\n  text: {attributes: [blink]}\n"
    let problems = ThemeFile.read(text, file: "x.yaml", name: "x").problems.map(\.line.text)
    #expect(problems.contains("x.yaml:2:3: unknown key 'warnin'; did you mean 'warning'?"))
    #expect(problems.contains { $0.hasPrefix("x.yaml:3:12: fg: 'reddish' is no colour") })
    #expect(problems.contains { $0.hasPrefix("x.yaml:4:22: unknown attribute 'blink'") })
  }

  @Test("a theme that is not there is named with the nearest one, and the console has its colours all the same")
  func missing() {
    let found = ThemeFinder(folders: [Self.folder]).find("drak")
    #expect(found.theme == .standard)
    #expect(found.problems.first?.line.text.contains("did you mean 'dark'?") == true)
  }

  @Test("keys are remapped; what is wrong or taken is reported and leaves the usual keys")
  func keys() {
    let good = KeymapFile.read("queues.open: [o, Enter]\nquit: Ctrl-Q\n", file: "keys.yaml")
    #expect(good.problems.isEmpty)
    let bad = KeymapFile.read("queues.opne: o\nquit: Hyper-Q\nhold: q\n", file: "keys.yaml")
    let lines = bad.problems.map(\.line.text)
    #expect(lines.contains("keys.yaml:1:1: unknown key 'queues.opne'; did you mean 'queues.open'?"))
    #expect(lines.contains { $0.hasPrefix("keys.yaml:2:7: no key is called 'Hyper-Q'") })
    let taken = KeymapFile.read("hold: q\n", file: "keys.yaml")
    #expect(taken.problems.map(\.line.text) == ["keys.yaml:1:7: the key q stands for hold and for quit"])
  }
}
