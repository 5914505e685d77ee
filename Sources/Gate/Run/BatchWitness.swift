public import OpsModel

/// Writes down what an operation is about to do and what it did, batch by batch. Batches go one after the other where there is one.
public protocol BatchWitness: Sendable {
  /// Before a batch is sent.
  /// - Returns: false where it must not be: the operation stops there.
  func intends(_ targets: [Target]) async -> Bool

  /// After it.
  /// - Parameter report: a failure where nobody can tell what became of the whole batch.
  /// - Returns: false where no other batch must follow.
  func did(_ targets: [Target], _ report: Result<BatchReport, Failure>) async -> Bool
}
