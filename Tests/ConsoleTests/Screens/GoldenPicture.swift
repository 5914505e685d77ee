import Canvas

/// A frame as the golden files hold it: its text, and below each row the styles that are not plain.
///
/// - `│` begins a row of the screen, so that `grep '^│'` shows the screen alone.
/// - `:` begins the roles of the row above, one letter under each cell; a blank is plain text.
/// - `+` begins what is laid over them: 1 reversed, 2 dimmed, 4 bold, or the sum of those that apply.
/// - `cursor` ends the file where the terminal's cursor is shown: its column and row, from 0.
///
/// `Golden/README.md` has the letters; a test compares it with `letter`.
enum GoldenPicture {
  static func text(_ frame: Frame) -> String {
    var lines: [String] = []
    for row in 0..<frame.size.rows {
      lines.append("│" + frame.text(row: row))
      let styles = (0..<frame.size.columns).map { frame[$0, row].style }
      append(":", styles.map { letter($0.role) }, to: &lines)
      append("+", styles.map { overlay($0) }, to: &lines)
    }
    if let cursor = frame.cursor { lines.append("cursor \(cursor.column) \(cursor.row)") }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Adds a row of letters, unless all of it is blank.
  private static func append(_ sign: Character, _ letters: [Character], to lines: inout [String]) {
    guard let last = letters.lastIndex(where: { $0 != " " }) else { return }
    lines.append(String(sign) + String(letters[...last]))
  }

  private static func overlay(_ style: Style) -> Character {
    let sum = (style.isReversed ? 1 : 0) + (style.isDimmed ? 2 : 0) + (style.isBold ? 4 : 0)
    return sum == 0 ? " " : Character("\(sum)")
  }

  /// What asks for attention, and where one is, in capitals; everything else in small letters.
  static func letter(_ role: Role) -> Character {
    switch role {
    case .text: " "
    case .critical: "C"
    case .warning: "W"
    case .ok: "O"
    case .stale: "S"
    case .unknown: "U"
    case .production: "P"
    case .staging: "G"
    case .development: "D"
    case .faint: "f"
    case .title: "t"
    case .border: "b"
    case .header: "h"
    case .key: "k"
    case .cursor: "r"
    case .mark: "m"
    case .input: "i"
    case .graph: "a"
    case .graphGap: "z"
    case .link: "l"
    case .disabled: "x"
    }
  }
}
