import OpsModel

/// How much memory one look at a tape may ask for: a few kilobytes of a foreign tape could stand for any amount.
final class ReadBudget {
  /// Bytes. A look at a thousand queues and two hundred processes takes a fifth of it.
  static let limit = 400 * 1_048_576

  private var left: Int

  init(_ bytes: Int = ReadBudget.limit) { left = bytes }

  /// - Throws: `TapeProblem.damaged` where there is no more.
  func take(_ bytes: Int) throws(TapeProblem) {
    guard bytes <= left else { throw .damaged("what it says of one moment is too much") }
    left -= bytes
  }
}
