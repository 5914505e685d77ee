import Glibc
import OpsModel
import Synchronization

/// Ctrl-C and Ctrl-\\ of whoever looks at a run from a shell: the first stops it after its step, a second one within three seconds cancels the
/// step, and Ctrl-\\ only stops looking. A run belongs to its runner; a finger that slipped must not leave a half-done step to chance.
enum RunFingers {
  enum Wish { case pause, cancel, leave }

  /// Within so many seconds a second Ctrl-C means the step itself.
  static let patience = 3.0
  private static let interrupts = Atomic<Int>(0)
  private static let quits = Atomic<Int>(0)

  /// From here on these signals do not end the program.
  static func watch() {
    // Made here and not in a handler, where nothing may be made.
    _ = (interrupts.load(ordering: .relaxed), quits.load(ordering: .relaxed))
    if !isIgnored(SIGINT) { signal(SIGINT) { _ in RunFingers.interrupts.add(1, ordering: .relaxed) } }
    if !isIgnored(SIGQUIT) { signal(SIGQUIT) { _ in RunFingers.quits.add(1, ordering: .relaxed) } }
  }

  /// A shell starts what goes on in the background so: the fingers on its terminal mean something else.
  private static func isIgnored(_ number: Int32) -> Bool {
    var known = sigaction()
    sigaction(number, nil, &known)
    return unsafeBitCast(known.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// What was pressed since the last call.
  /// - Parameter pausedAt: when it was asked to pause, if it was.
  static func next(pausedAt: Moment?, now: Moment) -> Wish? {
    if quits.exchange(0, ordering: .relaxed) > 0 { return .leave }
    let count = interrupts.exchange(0, ordering: .relaxed)
    guard count > 0 else { return nil }
    let isSecond = count > 1 || pausedAt.map { now.age(since: $0) < patience } ?? false
    return isSecond ? .cancel : .pause
  }
}
