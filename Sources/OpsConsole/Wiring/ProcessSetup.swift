import CProcess
import Glibc
import NIOCore
import OpsModel

/// What is set once, before the first thread starts.
enum ProcessSetup {
  static func begin() {
    requireProc()
    requireFiles()
    // One thread moves all bytes; many memory arenas would only cost memory.
    NIOSingletons.groupLoopCountSuggestion = 1
    NIOSingletons.blockingPoolThreadCountSuggestion = 1
    ops_keep_memory_small()
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    umask(0o077)
    signal(SIGPIPE, SIG_IGN)
  }

  /// libdispatch reads this file of each of its threads once a second while work waits, and ends the process with an illegal instruction
  /// where it cannot. So it is refused with a sentence, before anything is begun.
  private static func requireProc() {
    let pid = getpid()
    guard access("/proc/\(pid)/task/\(pid)/stat", R_OK) != 0 else { return }
    Output.error("it does not run without /proc: mount it here (in a chroot: mount -t proc proc ROOT/proc)")
    exit(Program.missesSystem)
  }

  /// Open files that any command needs at least: without them a library ends the process in the middle.
  private static let leastFiles: rlim_t = 32

  private static func requireFiles() {
    let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    guard getrlimit(kind, &limit) == 0, limit.rlim_cur < leastFiles else { return }
    limit.rlim_cur = min(limit.rlim_max, 1024)
    if limit.rlim_cur >= leastFiles, setrlimit(kind, &limit) == 0 { return }
    Output.error(
      "it needs \(Int(leastFiles)) open files, and this process may have \(Int(limit.rlim_max)): raise the limit (ulimit -n 1024)")
    exit(Program.missesSystem)
  }

  /// Seconds after the start: when the first data are there, and when everything was drawn and written once.
  private static let settling = [3, 10]

  /// To be called once a second. Half of what is resident a few seconds after the start was needed by the start alone, such as all that
  /// the runtime reads to find out which type conforms to what.
  static func settle(after seconds: Int) {
    if settling.contains(seconds) { ops_give_back_what_starting_took() }
  }
}
