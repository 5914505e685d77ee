public import OpsModel

/// What came together in a second and shall be on the tape.
public struct TapeTick: Sendable, Equatable {
  public let at: Moment
  public var samples: [HistorySample] = []
  public var changes: [AlertChange] = []
  /// Causes that came to be suspected.
  public var events: [TapeEvent] = []
  /// As they are now; nil where nothing changed.
  public var verdict: Verdict?

  /// What the console thinks of what it sees.
  public struct Verdict: Sendable, Codable, Equatable {
    public var alerts: [AlertState]
    public var suspects: [Suspect]

    public init(alerts: [AlertState], suspects: [Suspect]) {
      self.alerts = alerts
      self.suspects = suspects
    }
  }

  public init(at: Moment) { self.at = at }

  public var isEmpty: Bool { samples.isEmpty && changes.isEmpty && events.isEmpty && verdict == nil }
}
