/// What a source tells of one process when somebody looks at it, and not of thousands at every poll.
public struct ProcessDetail: Sendable {
  public let process: ResourceID
  public let at: Moment
  public var collections: [RuntimeState.Collection] = []
  public var pools: [RuntimeState.Pool] = []
  /// Signals over the last half hour, the oldest first, `step` seconds apart; nil where nothing is known.
  public var lines: [Signal: [Double?]] = [:]
  public var step = 30.0
  /// Parts that could not be read, and why.
  public var gaps: [SafeText] = []

  public init(process: ResourceID, at: Moment) {
    self.process = process
    self.at = at
  }
}

/// A connector that knows more of a process than it tells at every poll.
public protocol ProcessDetailReader: Connector {
  /// Ends within some seconds.
  func detail(of process: ResourceID) async throws(Failure) -> ProcessDetail
}
