public import Gate
public import OpsModel

/// A source as the panels see it.
public struct SourceView: Sendable {
  public let name: SafeText
  /// `rq`, `celery`, `postgres`.
  public let kind: SafeText
  /// What this kind of source tells about, also before it was read.
  public let facets: Set<Facet>
  public let interval: Double
  public let canShowWaiting: Bool
  public let canShowDead: Bool
  /// What can be done to this kind of source.
  public let verbs: Set<Verb>
  /// Its workers are asked what is an orphan.
  public let asksForOrphans: Bool
  /// Left alone while the operator holds the view; its numbers are then as old as the hold, and that is no trouble.
  public let restsWhileHeld: Bool
  /// It tells more of a process that somebody looks at.
  public let tellsDetail: Bool
  /// Roles at a database that services of it alone use, by group; the empty one is for all of it.
  public let databaseRoles: [SafeText: SafeText]
  public internal(set) var isResting = false
  public var reading: Reading<Observation> = .never
  /// When the attempt under way began; nil between attempts.
  public var askedAt: Moment?
  /// When the next attempt is due after a failure.
  public var retryAt: Moment?
  /// When the source last answered, also where an older answer is held on the screen.
  var confirmedAt: Moment?

  public init(
    name: SafeText, kind: SafeText, facets: Set<Facet>, interval: Double, canShowWaiting: Bool, canShowDead: Bool = false,
    verbs: Set<Verb> = [], asksForOrphans: Bool = false, restsWhileHeld: Bool = false,
    tellsDetail: Bool = false, databaseRoles: [SafeText: SafeText] = [:]
  ) {
    self.tellsDetail = tellsDetail
    self.databaseRoles = databaseRoles
    self.restsWhileHeld = restsWhileHeld
    self.canShowDead = canShowDead
    self.verbs = verbs
    self.asksForOrphans = asksForOrphans
    self.name = name
    self.kind = kind
    self.facets = facets
    self.interval = interval
    self.canShowWaiting = canShowWaiting
  }

  public var id: ResourceID { ResourceID(source: name, kind: .source, key: name.text) }

  /// Whether the numbers are as young as they should be at `now`. A source that hangs has not failed yet, but is not fresh either.
  public func isFresh(at now: Moment) -> Bool {
    guard case .fresh(_, let at) = reading else { return false }
    if isResting { return true }
    return now.age(since: confirmedAt ?? at) <= staleAfter
  }

  /// A held source goes on telling whether it answers; only its numbers stand still.
  func following(_ live: SourceView) -> SourceView {
    var out = self
    out.isResting = live.isResting
    out.askedAt = live.askedAt
    out.retryAt = live.retryAt
    if let (failure, since) = live.reading.failure {
      out.reading = reading.isFresh ? reading.failing(failure, at: since) : live.reading
    } else {
      out.confirmedAt = live.reading.at
    }
    return out
  }

  /// Two intervals, and the time one slow answer may take.
  var staleAfter: Double { max(2 * interval, 3) }

  /// Since when it tells nothing new: its last numbers, or its first failure. Nil before the first answer.
  var silentSince: Moment? {
    if let at = reading.at { return confirmedAt ?? at }
    return reading.failure?.since
  }

  /// What stands before a sentence of this source where that is old: `○ 2m10s old  `; nothing else.
  public func oldMark(at now: Moment) -> SafeText {
    if isFresh(at: now) { return "" }
    return age(at: now).map { "○ \(Units.age($0)) old  " } ?? "○ unread  "
  }

  /// The age of the numbers, if there are any.
  public func age(at now: Moment) -> Double? { reading.at.map { now.age(since: $0) } }

  /// What is wrong with reading this source, in one line.
  public func trouble(at now: Moment) -> SafeText? {
    if let (failure, since) = reading.failure {
      let next: SafeText = retryAt.map { now < $0 ? ", next try in \(Units.age($0.age(since: now) + 0.999))" : ", trying now" } ?? ""
      return "\(failure.what), for \(Units.age(now.age(since: since)))\(next)"
    }
    if let asked = askedAt, now.age(since: asked) > max(1, interval) {
      return "slow: asked \(Units.age(now.age(since: asked))) ago, no answer yet"
    }
    if case .never = reading { return "asking for the first time" }
    return nil
  }
}
