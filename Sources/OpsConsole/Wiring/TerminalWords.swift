import Console
import Glibc
import OpsModel
import Terminal

/// What to say about the terminal: that it cannot be used, or that its name is not known here.
enum TerminalWords {
  private static var term: SafeText { SafeText(escaping: getenv("TERM").map { String(cString: $0) } ?? "", limit: 40) }

  /// Nil where this host knows the terminal.
  static func likeness(_ name: String?) -> Notice? {
    name.map { Notice(.unknown, "this host does not know the terminal '\(term)': OpsConsole treats it as \(SafeText(escaping: $0))") }
  }

  /// - Returns: the exit code.
  static func refuse(_ failure: TerminalFailure) -> Int32 {
    switch failure {
    case .notATerminal:
      Output.error("the console needs a terminal for input and output; for scripts there is `opsconsole snapshot --format json`")
      return 64
    case .unknownTerminal:
      let what: SafeText = term.isEmpty ? "TERM is not set" : "the terminal type '\(term)' is not known on this host"
      Output.error("\(what): try TERM=xterm-256color, or TERM=vt100")
      return 78
    case .tooPoor:
      Output.error("the terminal type '\(term)' cannot place the cursor: try TERM=xterm-256color, or `opsconsole snapshot`")
      return 78
    }
  }
}
