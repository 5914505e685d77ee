import OpsModel
import Synchronization

/// A pause that another thread can end early.
final class Nap: Sendable {
  private let sleeping = Mutex<Task<Void, Never>?>(nil)

  func sleep(seconds: Double) async {
    let task = Task { _ = try? await Task.sleep(for: .seconds(max(0, seconds))) }
    sleeping.withLock { $0 = task }
    await withTaskCancellationHandler {
      await task.value
    } onCancel: {
      task.cancel()
    }
    sleeping.withLock { $0 = nil }
  }

  func end() { sleeping.withLock { $0?.cancel() } }
}
