/// The steps of a run as a page lists them: of a step over many hosts one line that counts, and under it the hosts that need eyes.
///
/// A run of 200 steps over 500 hosts has 100,000 entries. What ended well is counted and forgotten, here and in the history.
public struct RunOutline: Sendable {
  /// A step over hosts.
  public struct Group: Sendable {
    /// As far as the plan could tell.
    public internal(set) var total: Int?
    /// Entries by what became of them.
    public internal(set) var counts: [RunHistory.StepState: Int] = [:]
    /// Entries that are not forgotten, in which they were first heard of.
    public internal(set) var kept: [String] = []
    /// Hosts that were begun; dropped when the step has ended.
    public internal(set) var hosts: Set<String> = []
    /// How many hosts that were, or are.
    public internal(set) var begun = 0
    /// An entry is a host: the step does one thing, and not a list of steps on each.
    public internal(set) var isPlain = true
    public internal(set) var startedAt: Double?
    /// Those that ended well are not listed.
    public internal(set) var isFolded = false
    /// So many are kept before it is gone through again.
    fileprivate var limit = RunOutline.few

    public subscript(_ states: RunHistory.StepState...) -> Int { states.reduce(0) { $0 + (counts[$1] ?? 0) } }
  }

  /// Hosts of one step that are all listed.
  static let few = 50
  /// Entries of a run up to which small groups are listed whole.
  static let many = 1000
  /// Failed ones that are listed of one step; what is in doubt is always listed.
  static let failed = 200

  public private(set) var history = RunHistory()
  /// Steps that stand for themselves, and groups, in which they were first heard of.
  public private(set) var top: [String] = []
  public private(set) var groups: [String: Group] = [:]
  private let totals: [String: Int]
  private var known: Set<String> = []
  private var entries = 0

  /// - Parameter totals: how many hosts a step has, as far as its plan could tell.
  public init(totals: [String: Int]) {
    self.totals = totals
    for (id, total) in totals { groups[id] = Group(total: total) }
  }

  public mutating func add(_ records: [JournalRecord]) {
    for record in records {
      let before = record.step.isEmpty ? nil : history.steps[record.step]?.state
      history.add([record])
      if !record.step.isEmpty { note(record.step, before) }
    }
    guard entries > Self.many else { return }
    for (id, group) in groups where group.kept.count > 1 && !group.isFolded { fold(id) }
  }

  /// The entries of a group that are worth a line.
  public func listed(_ id: String) -> [String] {
    guard let group = groups[id] else { return [] }
    return group.isFolded ? group.kept.filter { !history.step($0).state.isWell } : group.kept
  }

  private mutating func note(_ path: String, _ before: RunHistory.StepState?) {
    let step = history.step(path)
    guard let id = group(of: path, step.host) else {
      if known.insert(path).inserted { top.append(path) }
      if groups[path] != nil, step.state.isSettled { groups[path]?.hosts = [] }
      return
    }
    if known.insert(id).inserted { top.append(id) }
    if groups[id] == nil { groups[id] = Group(total: totals[id]) }
    let host = step.host ?? ""
    groups[id]?.take(path, host, before, step, isPlain: !path.dropFirst(id.count + 1).contains("/"))
    if before == nil { entries += 1 }
    if let group = groups[id], group.kept.count > group.limit { fold(id) }
  }

  /// The step over hosts that an entry belongs to. Its host stands in its path; a skipped one has none and goes where its siblings are.
  private func group(of path: String, _ host: String?) -> String? {
    if let host {
      let parts = path.split(separator: "/", omittingEmptySubsequences: false)
      if let index = parts.dropFirst().firstIndex(of: host[...]) { return parts[..<index].joined(separator: "/") }
    }
    var end = path.endIndex
    while let slash = path[..<end].lastIndex(of: "/") {
      if groups[String(path[..<slash])] != nil { return String(path[..<slash]) }
      end = slash
    }
    return nil
  }

  /// What ended well is not listed any more.
  private mutating func fold(_ id: String) {
    var kept: [String] = []
    var gone: Set<String> = []
    var failed = 0
    for path in groups[id]?.kept ?? [] {
      let state = history.step(path).state
      if state == .failed || state == .timedOut || state == .cancelled { failed += 1 }
      if state.isWell || (state.isSettled && failed > Self.failed) { gone.insert(path) } else { kept.append(path) }
    }
    groups[id]?.kept = kept
    groups[id]?.limit = max(Self.few, 2 * kept.count)
    groups[id]?.isFolded = true
    history.forget(gone)
  }
}

extension RunOutline.Group {
  fileprivate mutating func take(
    _ path: String, _ host: String, _ before: RunHistory.StepState?, _ step: RunHistory.Step, isPlain: Bool
  ) {
    startedAt = startedAt ?? step.startedAt
    if !isPlain { self.isPlain = false }
    // What was not counted when it began is not taken off.
    if let before, (counts[before] ?? 0) > 0 { counts[before, default: 0] -= 1 } else { kept.append(path) }
    counts[step.state, default: 0] += 1
    if !host.isEmpty, hosts.insert(host).inserted { begun += 1 }
  }
}
