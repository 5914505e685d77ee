public import OpsModel

/// All that a tape tells of one moment.
public struct TapeMoment: Sendable {
  /// A source as it stood.
  public struct Source: Sendable {
    public let facts: SourceFacts
    public let reading: Reading<Observation>

    public init(facts: SourceFacts, reading: Reading<Observation>) {
      self.facts = facts
      self.reading = reading
    }
  }

  /// Seconds since 1970.
  public let at: Double
  public let sources: [Source]
  /// Numbers of the half hour before.
  public let runs: [HistoryRun]
  public let verdict: TapeTick.Verdict
  /// What happened in that half hour, the newest last.
  public let events: [TapeEvent]
  /// What could not be read.
  public let gaps: [SafeText]
  /// Whose recording it is; nil where the tape does not say.
  public let owner: DataOwner?

  public init(
    at: Double, sources: [Source], runs: [HistoryRun], verdict: TapeTick.Verdict, events: [TapeEvent], gaps: [SafeText] = [],
    owner: DataOwner? = nil
  ) {
    self.owner = owner
    self.at = at
    self.sources = sources
    self.runs = runs
    self.verdict = verdict
    self.events = events
    self.gaps = gaps
  }
}

/// What a source is, as far as panels need it when it can not be asked.
public struct SourceFacts: Sendable, Codable, Equatable {
  public let name: SafeText
  public let kind: SafeText
  public let facets: Set<Facet>
  /// Seconds between two looks.
  public private(set) var interval: Double

  public init(_ source: SourceView) {
    name = source.name
    kind = source.kind
    facets = source.facets
    interval = source.interval
  }

  /// The same with no more than one look in so many seconds.
  public func slowed(to seconds: Double) -> SourceFacts {
    var out = self
    // Whoever wrote the tape may have written anything.
    out.interval = interval.isFinite ? max(0.1, min(max(interval, seconds), 86_400)) : max(2, seconds)
    return out
  }
}
