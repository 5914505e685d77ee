public import OpsModel

/// A lock that operators of other hosts see, kept by a server: it ends by itself when its holder does.
public protocol RunLease: Sendable {
  /// - Returns: nil where it is ours now; otherwise who holds it, since when, and when it ends at the latest.
  func take() async throws(Failure) -> SafeText?
  /// - Returns: false where it is not ours any more.
  func keep() async throws(Failure) -> Bool
  func give() async
}
