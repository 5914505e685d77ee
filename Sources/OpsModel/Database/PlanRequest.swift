/// Whose plan is wanted.
public struct PlanRequest: Hashable, Sendable {
  public enum Statement: Hashable, Sendable {
    /// What a session runs now, by its pid and start.
    case session(ResourceID)
    /// A statement of the statistics.
    case listed(StatementKey)
    case text(String)
  }

  public let source: SafeText
  public let statement: Statement

  public init(source: SafeText, statement: Statement) {
    self.source = source
    self.statement = statement
  }
}

/// A plan, and whose it is.
public struct PlanDocument: Sendable {
  public let request: PlanRequest
  public let at: Moment
  public let analysis: ExplainAnalysis
  public let statement: SafeText
  /// How it was got, and what it does not show.
  public var notices: [Notice]
  /// The text itself, for measuring it; never shown.
  public var text = ""
  /// Where it runs, and in which search path, where that is not the session's own.
  public var database: String?
  public var path: String?
  /// Why it can not be run to be measured; nil where it can.
  public var whyNotMeasured: SafeText?

  public init(request: PlanRequest, at: Moment, analysis: ExplainAnalysis, statement: SafeText, notices: [Notice] = []) {
    self.request = request
    self.at = at
    self.analysis = analysis
    self.statement = statement
    self.notices = notices
  }
}

/// A connector that can ask for a plan without running the statement.
public protocol StatementInspector: Connector {
  /// - Throws: `Failure`; `refused` where the text is nothing that can be explained, with the reason.
  func plan(of request: PlanRequest) async throws(Failure) -> PlanDocument
}
