import Dispatch

/// Runs what blocks on a thread of its own: the pool of asynchronous work has one thread for each core.
enum OffPool {
  static func run<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(returning: body()) }
    }
  }
}
