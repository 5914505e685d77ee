import OpsModel

/// Looks for causes once a second, and remembers since when each is suspected.
struct SuspectBook: Sendable {
  /// Seconds that a cause stays named after its rule was silent: numbers come every few seconds only.
  static let settling = 5.0
  static let most = 12

  private var failures = FailureBook()
  private var work = WorkBook()
  /// Seconds since 1970.
  private var lastLook = Double.greatestFiniteMagnitude
  private var known: [Suspect.Key: (suspect: Suspect, last: Moment)] = [:]

  mutating func observed(_ observation: Observation) { work.observed(observation) }

  mutating func failures(_ source: SafeText, _ letters: [DeadLetter]) { failures.take(source, letters, now: lastLook) }

  /// The likeliest first.
  mutating func find(_ view: StoreView, _ now: Moment) -> [Suspect] {
    lastLook = now.unix
    let scene = SuspectScene(view: view, failures: failures, work: work, now: now)
    for found in SuspectRules.all.flatMap({ $0(scene) }) {
      var suspect = found
      if let before = known[found.key] { suspect.since = min(before.suspect.since, found.since) }
      known[found.key] = (suspect, now)
    }
    known = known.filter { now.age(since: $0.value.last) <= Self.settling }
    var out = known.values.map(\.suspect).sorted { ($0.score, $1.since, $1.subject) > ($1.score, $0.since, $0.subject) }
    if out.isEmpty { out = Correlation.find(scene) }
    return Array(out.prefix(Self.most))
  }
}
