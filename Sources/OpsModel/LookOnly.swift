/// Why nothing could be changed at a source.
public struct LookOnly: Hashable, Sendable {
  public let reason: SafeText
  /// The server is not what it should be: a replica, or one that refuses writes. Otherwise the account lacks the rights, which may be meant.
  public let isFault: Bool

  public init(_ reason: SafeText, isFault: Bool) {
    self.reason = reason
    self.isFault = isFault
  }

  /// As it stands in the row of the source.
  public var words: SafeText { "LOOK ONLY: \(reason)" }
}
