import Canvas
import Foundation
import Testing

@testable import OpsConsole
@testable import Terminal

/// What a terminal makes of each role: the last step between a style and the eye.
@Suite("Roles as a terminal draws them")
struct LookTests {
  static let themes = ["default", "dark", "light", "high-contrast", "deuteranopia"]

  /// The looks that differ, and how many colours such a terminal has.
  static let terminals: [(name: String, look: Look, colours: Int)] = [
    ("256", .colours256, 256), ("16", .colours16, 16), ("8", .colours16, 8), ("mono", .mono, 0),
  ]

  private static func theme(_ name: String) -> Theme { ThemeFinder(folders: [ThemeTests.folder]).find(name).theme }

  /// The attributes by name: each bit is the one that a role with this attribute alone has.
  private static let bits = RoleLook.Attribute.allCases.map { attribute in
    let only = Theme(name: "", looks: [.text: RoleLook(.terminal, on: .terminal, [attribute])])
    return (attribute.rawValue, TerminalPaint(style: .plain, theme: only, look: .mono, colours: 0).attributes)
  }

  /// `1 on 0 bold reverse`; a colour that is the terminal's own is left out.
  private static func words(_ style: Style, _ theme: Theme, _ look: Look, _ colours: Int) -> String {
    let paint = TerminalPaint(style: style, theme: theme, look: look, colours: colours)
    let front = look.hasColour && paint.foreground >= 0 ? ["\(paint.foreground)"] : []
    let back = look.hasColour && paint.background >= 0 ? ["on \(paint.background)"] : []
    return (front + back + bits.filter { paint.attributes & $0.1 != 0 }.map(\.0)).joined(separator: " ")
  }

  @Test("the colours and attributes of each role are the recorded ones", arguments: themes)
  func recorded(name: String) throws {
    let theme = Self.theme(name)
    func line(_ cells: [String]) -> String {
      let padded = cells.map { $0.padding(toLength: 22, withPad: " ", startingAt: 0) }.joined(separator: "│ ")
      return String(padded.reversed().drop { $0 == " " }.reversed())
    }
    let rows = Role.allCases.map { role in
      line([role.name] + Self.terminals.map { Self.words(Style(role), theme, $0.look, $0.colours) })
    }
    let text = ([line(["role"] + Self.terminals.map(\.name))] + rows).joined(separator: "\n") + "\n"
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Looks/\(name).txt")
    if (try? String(contentsOf: file, encoding: .utf8)) == text { return }
    if ProcessInfo.processInfo.environment["OPSCONSOLE_RECORD"] != nil {
      try text.write(to: file, atomically: true, encoding: .utf8)
      Issue.record("recorded \(file.lastPathComponent); look at it, then run again without OPSCONSOLE_RECORD")
    } else {
      Issue.record("\(file.lastPathComponent) differs; it is now:\n\(text)")
    }
  }

  @Test("what asks for attention looks like nothing that does not, in every theme and on every terminal", arguments: themes)
  func attention(name: String) {
    let theme = Self.theme(name)
    for terminal in Self.terminals {
      func words(_ style: Style) -> String { Self.words(style, theme, terminal.look, terminal.colours) }
      for role in [Role.critical, .warning] {
        for quiet in [Role.text, .faint, .ok, .stale, .disabled] {
          #expect(words(Style(role)) != words(Style(quiet)), "\(role) as \(quiet) on \(terminal.name)")
        }
      }
      for environment in [Role.production, .staging, .development] {
        #expect(words(Style(environment)) != words(.plain), "\(environment) on \(terminal.name)")
        let shown = words(Style(environment))
        #expect(terminal.look.hasColour ? shown.contains("on ") : shown.contains("reverse"), "\(environment) on \(terminal.name)")
      }
      let places = Set([Role.production, .staging, .development].map { words(Style($0)) })
      #expect(!terminal.look.hasColour || places.count == 3, "environments look alike on \(terminal.name)")
      #expect(!terminal.look.hasColour || words(Style(.critical)) != words(Style(.warning)), "with colours the two differ")
    }
  }

  @Test("reversed, dimmed and bold change what is drawn, on every terminal", arguments: themes)
  func overlays(name: String) {
    let theme = Self.theme(name)
    for terminal in Self.terminals {
      func words(_ style: Style) -> String { Self.words(style, theme, terminal.look, terminal.colours) }
      for role in [Role.text, .ok, .unknown, .graph] {
        let plain = words(Style(role))
        #expect(words(Style(role, reversed: true)) != plain, "\(role) reversed on \(terminal.name)")
        #expect(words(Style(role, dimmed: true)) != plain, "\(role) dimmed on \(terminal.name)")
        if !plain.contains("bold") { #expect(words(Style(role, bold: true)) != plain, "\(role) bold on \(terminal.name)") }
      }
    }
  }

  @Test("no role has the colour of its background, however few colours there are", arguments: themes)
  func readable(name: String) {
    let theme = Self.theme(name)
    for terminal in Self.terminals where terminal.look.hasColour {
      for role in Role.allCases {
        let paint = TerminalPaint(style: Style(role), theme: theme, look: terminal.look, colours: terminal.colours)
        #expect(paint.foreground < 0 || paint.foreground != paint.background, "\(role) on \(terminal.name)")
      }
    }
  }
}
