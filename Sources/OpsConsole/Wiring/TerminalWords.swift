import Glibc
import OpsModel
import Terminal

/// What to say where the terminal can not be used.
enum TerminalWords {
  /// - Returns: the exit code.
  static func refuse(_ failure: TerminalFailure) -> Int32 {
    let term = SafeText(escaping: getenv("TERM").map { String(cString: $0) } ?? "", limit: 40)
    switch failure {
    case .notATerminal:
      Output.error("the console needs a terminal for input and output; for scripts there is `opsconsole snapshot --format json`")
      return 64
    case .unknownTerminal:
      Output.error("the terminal type '\(term)' is not known on this host: try TERM=xterm-256color, or TERM=vt100")
      return 78
    case .tooPoor:
      Output.error("the terminal type '\(term)' can not place the cursor: try TERM=xterm-256color, or `opsconsole snapshot`")
      return 78
    }
  }
}
