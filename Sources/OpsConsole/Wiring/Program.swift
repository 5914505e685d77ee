import ArgumentParser
import CProcess
import Glibc
import OpsModel

/// The way of the process from its first instruction to its exit code.
enum Program {
  /// What is left to say of standard output decides the exit code: whoever ends with 0 has written everything.
  static let cannotWrite: Int32 = 73
  /// The system does not give what the program needs.
  static let missesSystem: Int32 = 71

  static func run() -> Never {
    ops_keep_standard_files()
    // A closed pipe and a limit on the size of files are errors of a write; `end` says them.
    for number in [SIGPIPE, SIGXFSZ] { signal(number, SIG_IGN) }
    guard let arguments = ProcessArguments.words else {
      Output.error("the system gave no arguments to this program: it does not start, since it could miss a restriction")
      exit(missesSystem)
    }
    // The path is looked up while the folder that it may be relative to is still the same.
    _ = ProcessArguments.executable
    do {
      var command = try OpsConsoleCommand.parseAsRoot(arguments)
      try command.run()
      end(0)
    } catch {
      let code = OpsConsoleCommand.exitCode(for: error)
      let text = OpsConsoleCommand.fullMessage(for: error)
      if text.isEmpty {
      } else if code.isSuccess {
        Output.own(text + "\n")
      } else {
        Output.usage(text + "\n")
      }
      end(code.rawValue)
    }
  }

  /// Ends the process, after what was printed is known to be written.
  static func end(_ code: Int32) -> Never {
    guard let failure = Output.finish() else { exit(code) }
    if failure.code == EPIPE {
      // As every filter ends whose reader has left.
      signal(SIGPIPE, SIG_DFL)
      raise(SIGPIPE)
    }
    Output.error("standard output cannot be written: \(failure.reason)\(Output.deed.map { "; \($0)" } ?? "")")
    exit(cannotWrite)
  }
}
