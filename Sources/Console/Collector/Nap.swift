import OpsModel
import Synchronization

/// A pause that another thread can end early.
final class Nap: Sendable {
  private let sleeping = Mutex<Task<Void, Never>?>(nil)
  /// Seconds of the collector's clock in one of ours.
  private let pace: Double

  init(pace: Double = 1) { self.pace = pace }

  func sleep(seconds: Double) async {
    let task = Task { _ = try? await Task.sleep(for: .seconds(max(0, seconds) / pace)) }
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
