import CNcurses
public import Canvas
import Glibc

/// Which look a terminal gets.
public enum TerminalLook {
  static func detect(colours: Int, isUTF8: Bool) -> Look {
    if !isUTF8 { return .ascii }
    if let value = getenv("NO_COLOR"), value.pointee != 0 { return .mono }
    if colours >= 256 { return .colours256 }
    return colours >= 8 ? .colours16 : .mono
  }

  /// Reads the environment and the terminal description without taking the terminal.
  /// - Returns: nil where `TERM` is not known here.
  public static func probe() -> (look: Look, colours: Int, isUTF8: Bool)? {
    let isUTF8 = ops_term_locale() == 1
    let colours = Int(ops_term_probe())
    guard colours >= 0 else { return nil }
    return (detect(colours: colours, isUTF8: isUTF8), colours, isUTF8)
  }

  public static var isTerminal: Bool { ops_is_terminal() == 1 }
  public static var curses: String { String(cString: ops_ncurses_version()) }
}

/// Why the terminal can not be used.
public enum TerminalFailure: Error, Equatable {
  case notATerminal, unknownTerminal, tooPoor
}
