public import OpsModel

/// A quarantine file, as its first line and its size tell.
public struct QuarantineSummary: Equatable, Sendable {
  public let path: String
  public let source: SafeText
  public let at: SafeText
  public let operation: SafeText
  /// Bytes.
  public let size: Int

  public init(path: String, source: SafeText, at: SafeText, operation: SafeText, size: Int) {
    self.path = path
    self.source = source
    self.at = at
    self.operation = operation
    self.size = size
  }
}
