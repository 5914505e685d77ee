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

  /// Runbooks that answer an alert, or that its rule names: those that fit it first, each with its reason.
  public func answers(to hint: RunbookHint, sources: Set<SafeText>) -> [RunbookFit] {
    let named = hint.runbooks.compactMap { name in catalogue.first { $0.name == name } }
    let found = (named + catalogue.filter { !named.contains($0) }).compactMap { RunbookFit($0, hint, sources: sources) }
    return found.filter { $0.warning == nil } + found.filter { $0.warning != nil }
  }
}
