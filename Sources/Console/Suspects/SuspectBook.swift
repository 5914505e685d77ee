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
  /// What new numbers brought, and of which numbers.
  private var looked: (look: Look, found: [Suspect])?
  private var moved: (look: Look, target: Correlation.Target, found: [Suspect])?
  private var known: [Suspect.Key: (suspect: Suspect, last: Moment)] = [:]

  /// What rules of every look depend on: as long as it is the same, so is what they find.
  private struct Look: Equatable {
    let revision: Int
    let failures: Int
    let fresh: [Bool]
  }

  mutating func observed(_ observation: Observation) { work.observed(observation) }

  mutating func failures(_ source: SafeText, _ letters: [DeadLetter]) { failures.take(source, letters, now: lastLook) }

  /// The likeliest first.
  mutating func find(_ view: StoreView, _ now: Moment) -> [Suspect] {
    lastLook = now.unix
    let scene = SuspectScene(view: view, failures: failures, work: work, now: now)
    let look = Look(revision: view.revision, failures: failures.taken, fresh: view.sources.map { $0.isFresh(at: now) })
    let seen = looked.flatMap { $0.look == look ? $0.found : nil } ?? SuspectRules.everyLook.flatMap { $0(scene) }
    looked = (look, seen)
    for found in SuspectRules.everySecond.flatMap({ $0(scene) }) + seen {
      var suspect = found
      if let before = known[found.key] { suspect.since = min(before.suspect.since, found.since) }
      known[found.key] = (suspect, now)
    }
    known = known.filter { now.age(since: $0.value.last) <= Self.settling }
    var out = known.values.map(\.suspect).sorted { ($0.score, $1.since, $1.subject) > ($1.score, $0.since, $0.subject) }
    if out.isEmpty { out = correlated(scene, look) }
    return Array(out.prefix(Self.most))
  }

  /// Hundreds of lines are compared with that of an alert: once for each look.
  private mutating func correlated(_ scene: SuspectScene, _ look: Look) -> [Suspect] {
    guard let target = Correlation.target(scene) else { return [] }
    if let moved, moved.look == look, moved.target == target { return moved.found }
    let found = Correlation.find(target, scene)
    moved = (look, target, found)
    return found
  }
}
