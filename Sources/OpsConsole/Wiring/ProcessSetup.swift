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
}
