import Gate
import OpsModel
import Synchronization

@testable import Runbooks

/// Servers and programs that do what the test says, and remember what was done to them.
final class FakePorts: StepPorts {
  let seen = Mutex<[String]>([])
  /// An operator has cancelled: only what is always done is still begun.
  let isCancelled = Mutex(false)
  /// After so many calls the lock is somebody else's.
  let callsWithLock = Mutex(Int.max)
  /// What a step and its attempt end with. It may wait, and then waits without a thread.
  let script: @Sendable (String, Int) async -> AttemptEnd
  /// Items that are still to be moved, and those that were, each as often as it was.
  let items = Mutex<(left: Set<String>, moved: [String: Int])>(([], [:]))

  init(_ script: @escaping @Sendable (String, Int) async -> AttemptEnd = { _, _ in .done([:]) }) { self.script = script }

  func perform(_ action: ResolvedAction, _ context: StepContext) async -> AttemptEnd {
    if !context.isFinal, isCancelled.withLock({ $0 }) { return .notSent("stopped by the operator before it was begun") }
    seen.withLock { $0.append(context.step) }
    let end = await script(context.step, context.attempt)
    if case .cancelled = end { isCancelled.withLock { $0 = true } }
    return end
  }

  func move(
    _ action: ResolvedQueue, _ context: StepContext, frozen: [String]?, batch: @escaping @Sendable (BatchNote) async -> Bool
  ) async -> AttemptEnd {
    var moved = 0
    var rest = (frozen ?? [])[...]
    while !rest.isEmpty {
      let some = Array(rest.prefix(10))
      rest = rest.dropFirst(10)
      guard await batch(.intends(items: some.map { .text($0) })) else { return .lost("it was ended") }
      // Compare and move: what is not there any more is left alone.
      items.withLock { items in
        for id in some where items.left.remove(id) != nil {
          items.moved[id, default: 0] += 1
          moved += 1
        }
      }
      guard await batch(.did(["moved": .int(moved)])) else { return .lost("it was ended") }
    }
    return .done(["moved": .int(moved)])
  }

  func knows(_ action: ResolvedAction, _ context: StepContext) async -> Bool? { nil }
  func approvals(_ step: String, _ wanted: StepAction.Approval) async -> [Approver] { [] }
  func lostLock() async -> SafeText? {
    seen.withLock { $0.count } >= callsWithLock.withLock { $0 } ? "it is somebody else's now" : nil
  }
  func cancel() async {}
}
