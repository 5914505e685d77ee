public import OpsModel

/// What is known of dead letters: a study per source, and the list and the letter that the operator looks at.
public struct DeadView: Sendable {
  public internal(set) var studies: [SafeText: DeadStudy] = [:]
  public internal(set) var list: DeadList?
  public internal(set) var detail: (id: ResourceID, reading: Reading<DeadLetterDetail>)?

  init() {}

  /// A walk that has not found anything yet, or could not, leaves what an earlier one found: it is older, and says so.
  mutating func take(_ study: DeadStudy) {
    var study = study
    if let old = studies[study.source], study.groups.isEmpty, study.isRunning || study.failure != nil {
      study.groups = old.groups
      study.orphans = study.orphans.isEmpty ? old.orphans : study.orphans
      study.foundAt = old.foundAt ?? old.ended
    }
    study.grouped = study.groups.reduce(0) { $0 + $1.count }
    studies[study.source] = study
  }

  /// The group that an identity names.
  public func group(_ id: ResourceID) -> (study: DeadStudy, group: DeadGroups.Group)? {
    guard let study = studies[id.source] else { return nil }
    return study.groups.first { study.id(of: $0) == id }.map { (study, $0) }
  }
}

/// The dead letters and orphans of a source in groups, as far as they were walked over.
public struct DeadStudy: Sendable {
  public let source: SafeText
  public let began: Moment
  public var ended: Moment?
  public var progress: DeadProgress
  public var groups: [DeadGroups.Group]
  public var orphans: [DeadLetter]
  public var failure: Failure?
  /// Letters in all groups: what a share is a share of.
  public internal(set) var grouped = 0
  /// When the groups were found, where an earlier walk found them.
  public internal(set) var foundAt: Moment?
  /// What the walk could not do, such as asking for orphans.
  public var notices: [SafeText] = []

  public init(source: SafeText, began: Moment) {
    self.source = source
    self.began = began
    progress = DeadProgress(total: 0)
    groups = []
    orphans = []
  }

  public var isRunning: Bool { ended == nil }

  public func id(of group: DeadGroups.Group) -> ResourceID {
    let print = group.fingerprint
    return ResourceID(source: source, kind: .deadGroup, key: "\(print.task.text)\u{0}\(print.errorType.text)\u{0}\(print.message.text)")
  }

  /// The group of all orphans of the source.
  public var orphansID: ResourceID { ResourceID(source: source, kind: .orphan, key: "all") }
}

/// Letters of one group, or of one queue, the newest first.
public struct DeadList: Sendable {
  public let request: DeadListRequest
  public let began: Moment
  public var ended: Moment?
  public var letters: [DeadLetter] = []
  public var progress = DeadProgress(total: 0)
  public var failure: Failure?

  public init(request: DeadListRequest, began: Moment) {
    self.request = request
    self.began = began
  }

  /// Letters that are kept for the list; the filter finds others.
  public static let limit = 2_000
}

/// Which letters a list shall hold.
public struct DeadListRequest: Equatable, Sendable {
  public let source: SafeText
  public let selection: DeadSelection
  public let isOrphans: Bool
  public let title: SafeText

  /// The filter as it was typed; empty where all of the group is meant.
  public var filterText: SafeText = ""

  public init(source: SafeText, selection: DeadSelection, isOrphans: Bool = false, title: SafeText) {
    self.source = source
    self.selection = selection
    self.isOrphans = isOrphans
    self.title = title
  }

  /// What of it matches a filter, over the whole set.
  func filtered(_ filter: Filter, _ text: SafeText) -> DeadListRequest {
    var chosen = selection
    chosen.filter = filter
    var out = DeadListRequest(source: source, selection: chosen, isOrphans: isOrphans, title: title)
    out.filterText = filter.isEmpty ? "" : text
    return out
  }
}
