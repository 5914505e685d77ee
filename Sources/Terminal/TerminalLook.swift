import CNcurses
public import Canvas
import Glibc

/// Which look a terminal gets.
public enum TerminalLook {
  static func detect(colours: Int, isUTF8: Bool) -> Look {
    if !isUTF8 { return .ascii }
    let isWithoutColour = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
    // Its fonts have few signs, whatever the locale says.
    if isLinuxConsole { return isWithoutColour || colours < 8 ? .ascii : .console }
    if isWithoutColour { return .mono }
    if colours >= 256 { return .colours256 }
    return colours >= 8 ? .colours16 : .mono
  }

  private static var isLinuxConsole: Bool {
    guard let name = getenv("TERM") else { return false }
    return strncmp(name, "linux", 5) == 0
  }

  /// Reads the environment and the terminal description without taking the terminal.
  /// - Returns: nil where `TERM` is not known here; `likeness` is the description that stands in for its own.
  public static func probe() -> (look: Look, colours: Int, isUTF8: Bool, likeness: String?)? {
    let isUTF8 = ops_term_locale() == 1
    let colours = Int(ops_term_probe())
    guard colours >= 0 else { return nil }
    return (detect(colours: colours, isUTF8: isUTF8), colours, isUTF8, ops_term_likeness().map { String(cString: $0) })
  }

  public static var isTerminal: Bool { ops_is_terminal() == 1 }
  public static var curses: String { String(cString: ops_ncurses_version()) }
}

/// Why the terminal cannot be used.
public enum TerminalFailure: Error, Equatable {
  case notATerminal, unknownTerminal, tooPoor
}
