import OpsModel

/// Failures as they came, by fingerprint, over the last ten minutes.
struct FailureBook: Sendable {
  struct Entry: Sendable {
    let fingerprint: Fingerprint
    let queue: SafeText
    /// Seconds since 1970.
    let at: Double
    let attempts: Int?
  }

  /// A kind of failure, as far as it was seen.
  struct Kind: Sendable {
    let fingerprint: Fingerprint
    let queues: Set<SafeText>
    let times: [Double]

    func count(since: Double) -> Int { times.filter { $0 >= since }.count }
  }

  static let span = 600.0
  /// Failures that are kept of one source.
  static let most = 2000

  /// How often something was taken.
  private(set) var taken = 0
  private var entries: [SafeText: [ResourceID: Entry]] = [:]

  /// - Parameter now: seconds since 1970; what says that it failed later was dated by a clock that is wrong.
  mutating func take(_ source: SafeText, _ letters: [DeadLetter], now: Double) {
    taken += 1
    var known = entries[source] ?? [:]
    for letter in letters {
      guard let at = letter.failedAt, at.isFinite, at <= now + 60 else { continue }
      known[letter.id] = Entry(fingerprint: Fingerprint(letter), queue: letter.queue, at: at, attempts: letter.attempts)
    }
    known = known.filter { $0.value.at <= now + 60 }
    let newest = known.values.map(\.at).max() ?? 0
    known = known.filter { newest - $0.value.at <= Self.span }
    if known.count > Self.most {
      known = Dictionary(uniqueKeysWithValues: known.sorted { $0.value.at > $1.value.at }.prefix(Self.most).map { ($0.key, $0.value) })
    }
    entries[source] = known
  }

  /// The most frequent lately first.
  func kinds(of source: SafeText, since: Double) -> [Kind] {
    Dictionary(grouping: (entries[source] ?? [:]).values, by: \.fingerprint)
      .map { Kind(fingerprint: $0, queues: Set($1.map(\.queue)), times: $1.map(\.at).sorted()) }
      .filter { $0.count(since: since) > 0 }
      .sorted { ($0.count(since: since), $1.fingerprint.task) > ($1.count(since: since), $0.fingerprint.task) }
  }
}
