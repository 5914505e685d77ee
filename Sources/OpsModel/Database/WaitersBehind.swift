/// How many sessions wait behind others: one number, and one sentence, for every screen.
public struct WaitersBehind: Hashable, Sendable {
  /// All that wait, directly or behind others.
  public let all: Int
  public let direct: Int
  /// Whether they wait behind one session.
  public let isOne: Bool

  public init(all: Int, direct: Int, isOne: Bool = true) {
    self.all = all
    self.direct = direct
    self.isOne = isOne
  }

  /// `8 sessions wait behind it, 1 directly`; nil where nobody waits.
  public var words: SafeText? {
    guard all > 0 else { return nil }
    let few: SafeText = direct < all ? ", \(Units.count(direct)) directly" : ""
    return "\(Self.wait(all)) behind \(isOne ? "it" : "them")\(few)"
  }

  /// `8 wait`, for a title.
  public var short: SafeText? { all > 0 ? "\(Units.count(all)) \(all == 1 ? "waits" : "wait")" : nil }

  /// `1 session waits`, `8 sessions wait`
  public static func wait(_ count: Int) -> SafeText { "\(Units.count(count, "session")) \(count == 1 ? "waits" : "wait")" }
}
