/// How many items go into the next batch, so that one batch holds the server as long as the pace allows and no longer.
struct BatchSizer {
  /// Items per batch at most. Larger ones only help a server that is far faster than any we saw.
  static let most = 2_000
  private(set) var size: Int
  private let aim: Double
  private let isFixed: Bool

  init(pace: Pace, fixed: Int?) {
    aim = pace.aim
    isFixed = fixed != nil
    size = min(Self.most, max(1, fixed ?? 50))
  }

  /// - Parameter held: seconds that a batch of `count` items held the server.
  mutating func learn(_ count: Int, held: Double) {
    guard !isFixed, count > 0 else { return }
    let wanted = Double(count) * aim / max(held, 1e-5)
    // Up by half at most, down at once: one slow answer may be the network's, a long one may be a stall of ours.
    let next = min(wanted, Double(size) * 1.5)
    size = min(Self.most, max(5, Int(next)))
  }
}
