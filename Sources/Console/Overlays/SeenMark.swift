import OpsModel

/// Whether what must be read before an answer was on the screen, at the size that it has.
///
/// A frame that was drawn is not seen yet: on a slow line it arrives seconds later. The terminal's answer says that it has arrived.
struct SeenMark: Equatable {
  private var isDrawn = false
  private(set) var isSeen = false

  /// A frame was drawn.
  /// - Parameter isWhole: everything that must be read stood on it.
  mutating func drawn(_ isWhole: Bool) { isDrawn = isDrawn || isWhole }

  /// All that was drawn has arrived.
  /// - Returns: whether it is seen from now on.
  @discardableResult
  mutating func arrived() -> Bool {
    guard isDrawn, !isSeen else { return false }
    isSeen = true
    return true
  }

  /// It changed, or the screen has another size: what stood there may not stand there now.
  mutating func forget() { self = SeenMark() }

  /// Why no answer is taken yet.
  var problem: SafeText? {
    if isSeen { return nil }
    return isDrawn
      ? "not confirmed: the terminal has not shown the target yet; wait for it"
      : "not confirmed: the target is not on the screen; press Up, or make the terminal larger"
  }
}
