import Testing

@testable import Canvas

@Suite("Keys as keymap files write them")
struct KeyTests {
  @Test(
    "a name is read in any case, and its modifiers in any order",
    arguments: [
      "q": "q", "Q": "Q", "enter": "Enter", "pgdn": "PgDn", "f5": "F5", "F20": "F20", "ctrl-r": "Ctrl-R", "Alt-x": "Alt-x",
      "alt-X": "Alt-X",
      "shift-tab": "Shift-Tab", "Ctrl-Up": "Ctrl-Up", "shift-ctrl-up": "Ctrl-Shift-Up", "Alt-Ctrl-R": "Ctrl-Alt-R", "Shift-F3": "Shift-F3",
      "-": "-",
    ])
  func names(written: String, name: String) { #expect(Key(parsing: written)?.description == name) }

  @Test("what no keyboard sends is no key", arguments: ["", "F21", "F0", "Shift-a", "Ctrl-1", "Hyper-a", "Ctrl-", "xx", "Alt-"])
  func unknown(written: String) { #expect(Key(parsing: written) == nil) }

  @Test("a key that terminals send unasked is told from those that people press")
  func modified() {
    for name in ["Alt-x", "Ctrl-Up", "Shift-Up", "Ctrl-Alt-R"] { #expect(Key(name).isModified, "\(name)") }
    for name in ["Ctrl-R", "Shift-Tab", "F5", "a", "Up"] { #expect(!Key(name).isModified, "\(name)") }
  }
}
