public import OpsModel

/// What a step is asked with.
public struct StepTerms: Sendable {
  /// Seconds of the whole call.
  public let timeout: Double
  /// It must change nothing: sessions are opened read-only where there is such a thing.
  public let isRead: Bool
  /// A look whose answer is judged by whoever asks: an HTTP status and an exit code are values then, and no failures.
  public let takesAnyAnswer: Bool
  /// Asked between the parts of a long call.
  public let isWanted: @Sendable () -> Bool

  public init(timeout: Double, isRead: Bool, takesAnyAnswer: Bool = false, isWanted: @escaping @Sendable () -> Bool = { true }) {
    self.timeout = timeout
    self.isRead = isRead
    self.takesAnyAnswer = takesAnyAnswer
    self.isWanted = isWanted
  }

  /// How long an operator who cancels may wait until a call is ended.
  private static var glance: Duration { .milliseconds(100) }

  /// Makes a call that has no parts, and ends it where it is not wanted any more.
  /// - Parameter end: closes what the call waits on, so that it fails by itself.
  public func ending<Answer: Sendable>(
    by end: @escaping @Sendable () async -> Void, isolation: isolated (any Actor)? = #isolation, _ call: () async throws(Failure) -> Answer
  ) async throws(Failure) -> Answer {
    let isWanted = isWanted
    let watch = Task.detached {
      while isWanted() {
        do { try await Task.sleep(for: Self.glance) } catch { return }
      }
      await end()
    }
    defer { watch.cancel() }
    return try await call()
  }
}
