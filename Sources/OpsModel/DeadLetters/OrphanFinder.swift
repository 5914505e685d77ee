/// A connector that can find work in flight whose worker is gone.
public protocol OrphanFinder: Connector {
  /// At most `limit`; each letter's `message` says why it is taken for an orphan, and `whyNot` why it can not be recovered.
  func orphans(limit: Int) async throws(Failure) -> [DeadLetter]
}
