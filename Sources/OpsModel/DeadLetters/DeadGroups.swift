/// Dead letters grouped by fingerprint while they are walked over.
public struct DeadGroups: Sendable {
  public struct Group: Sendable {
    public let fingerprint: Fingerprint
    public internal(set) var count = 0
    /// Unix times of the first and the last failure.
    public internal(set) var first: Double?
    public internal(set) var last: Double?
    /// Failures per slice of the last hour, the newest last.
    public internal(set) var slices = [Int](repeating: 0, count: DeadGroups.slices)
    public internal(set) var example: SafeText?
  }

  public static let slices = 24
  /// Seconds that the slices cover.
  public static let span = 3600.0
  /// Kinds of failure that are told apart; what comes after is counted together.
  public static let limit = 5_000

  public private(set) var groups: [Group] = []
  private var places: [Fingerprint: Int] = [:]
  private let now: Double

  public init(now: Double) { self.now = now }

  public var total: Int { groups.reduce(0) { $0 + $1.count } }

  /// - Returns: the place of the letter's group in `groups`.
  @discardableResult
  public mutating func add(_ letter: DeadLetter) -> Int {
    let place = place(of: Fingerprint(letter))
    groups[place].count += 1
    if groups[place].example == nil { groups[place].example = letter.message }
    if let at = letter.failedAt, at.isFinite {
      groups[place].first = min(groups[place].first ?? at, at)
      groups[place].last = max(groups[place].last ?? at, at)
      let age = max(0, now - at)
      if age < Self.span { groups[place].slices[max(0, Self.slices - 1 - Int(age / Self.span * Double(Self.slices)))] += 1 }
    }
    return place
  }

  private mutating func place(of fingerprint: Fingerprint) -> Int {
    if let known = places[fingerprint] { return known }
    if groups.count >= Self.limit { return groups.count - 1 }
    let last = groups.count == Self.limit - 1
    let made = last ? Fingerprint.others : fingerprint
    groups.append(Group(fingerprint: made))
    places[made] = groups.count - 1
    return groups.count - 1
  }
}

extension Fingerprint {
  static let others = Fingerprint(task: "other failures", errorType: "", message: "too many kinds to tell apart")

  init(task: SafeText, errorType: SafeText, message: SafeText) {
    self.task = task
    self.errorType = errorType
    self.message = message
  }
}
