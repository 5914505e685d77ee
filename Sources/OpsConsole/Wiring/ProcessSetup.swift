import CProcess
import Glibc
import NIOCore

/// What is set once, before the first thread starts.
enum ProcessSetup {
  static func begin() {
    // One thread moves all bytes; many memory arenas would only cost memory.
    NIOSingletons.groupLoopCountSuggestion = 1
    NIOSingletons.blockingPoolThreadCountSuggestion = 1
    ops_keep_memory_small()
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    umask(0o077)
    signal(SIGPIPE, SIG_IGN)
  }

  /// Seconds after the start: when the first data are there, and when everything was drawn and written once.
  private static let settling = [3, 10]

  /// To be called once a second. Half of what is resident a few seconds after the start was needed by the start alone, such as all that
  /// the runtime reads to find out which type conforms to what.
  static func settle(after seconds: Int) {
    if settling.contains(seconds) { ops_give_back_what_starting_took() }
  }
}
