import Glibc

/// Signals the terminal deals with.
enum SignalNumber {
  static let hangUp = SIGHUP
  static let terminate = SIGTERM
  static let quit = SIGQUIT
  static let interrupt = SIGINT
  static let stop = SIGTSTP
  static let proceed = SIGCONT
  static let windowChange = SIGWINCH
}
