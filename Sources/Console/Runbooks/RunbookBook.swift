public import OpsModel

/// Runbooks and runs, as far as the console knows of them.
public struct RunbookBook: Sendable {
  public internal(set) var catalogue: [RunbookRow] = []
  public internal(set) var runs: [RunRow] = []
  /// When they were read last; nil where they never were.
  public internal(set) var readAt: Moment?
  /// The run that is watched: what comes late of another one is not shown.
  public internal(set) var watched: ResourceID?
  /// Its page; nil until it is read.
  public internal(set) var page: RunPage?

  public init() {}

  public func run(_ id: ResourceID?) -> RunRow? { runs.first { $0.id == id } }

  /// Runbooks that answer an alert, or that its rule names.
  public func answers(to hint: RunbookHint) -> [RunbookRow] {
    let named = hint.runbooks.compactMap { name in catalogue.first { $0.name == name } }
    return named + catalogue.filter { row in !named.contains(row) && row.answers(hint) }
  }
}
