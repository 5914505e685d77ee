import Canvas
import Console
import OpsModel
import Panels
import Testing

@Suite("The command table")
struct CommandTableTests {
  static var groups: [[Command]] {
    let global = GlobalCommands.all(panels: PanelCatalogue.all.filter(\.isTop).map(\.manifest))
    return PanelCatalogue.all.map { $0.commands + ($0.isTable ? TableCommands.all : []) + global }
  }

  @Test("no key stands for two commands in one place")
  func conflicts() { #expect(Keymap.standard.conflicts(in: Self.groups).isEmpty) }

  @Test("every command has a title and a sentence that says what it will do")
  func words() {
    for command in Self.groups.flatMap({ $0 }) {
      #expect(!command.title.isEmpty && command.summary.text.hasSuffix("."))
      #expect(!command.keys.isEmpty)
    }
  }

  @Test("a remapped key that is taken is reported")
  func remapped() {
    let keymap = Keymap(changed: ["queues.open": [Key("q")]])
    #expect(keymap.conflicts(in: Self.groups) == [KeyConflict(key: Key("q"), first: "queues.open", second: "quit")])
  }
}
