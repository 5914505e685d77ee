public import OpsModel

/// One process with all that is known of it, from however many sources: the highest rung that tells a number wins.
///
/// Shared and not copied: tables, arrangements and held views hold thousands of them.
public final class ProcessView: Sendable {
  /// Of the first source that knows it, filled up from the others.
  public let state: RuntimeState
  public let signals: SignalSet
  /// What each source calls it, that of the highest rung first.
  public let ids: [ResourceID]
  public let verdicts: [Diagnosis.Verdict]

  init(state: RuntimeState, signals: SignalSet, ids: [ResourceID], verdicts: [Diagnosis.Verdict]) {
    self.state = state
    self.signals = signals
    self.ids = ids
    self.verdicts = verdicts
  }

  public var id: ResourceID { state.id }
  public var severity: Severity { verdicts.first?.severity ?? .ok }

  /// The id under which a source knows it.
  public func id(in source: SafeText) -> ResourceID? { ids.first { $0.source == source } }

  /// Whether it is a worker of a server that is told of as a whole.
  public var isMember: Bool { state.parent != nil }
}

/// Brings together what several sources tell of one process: those of one machine know each other by host and pid.
struct ProcessMerge {
  private struct Key: Hashable {
    let host: SafeText
    let pid: Int
  }

  private var stale: Set<SafeText> = []
  private var all: [[RuntimeState]] = []
  private var places: [Key: Int] = [:]
  /// Who listens at a port, and since when they run.
  private var listening: [Substring: [(place: Int, began: Double?)]] = [:]

  /// In the order of the sources.
  static func of(_ sources: [SourceView]) -> [[RuntimeState]] {
    var merge = ProcessMerge()
    // A source that stopped answering does not speak over one that does: its processes stand where nobody else knows them.
    let ordered = sources.filter(\.reading.isFresh) + sources.filter { !$0.reading.isFresh }
    let states = ordered.flatMap { $0.reading.value?.runtimes ?? [] }
    merge.stale = Set(sources.filter { !$0.reading.isFresh }.map(\.name))
    // First those that are known by pid, since the others are found by what these listen at.
    for state in states where state.pid != nil { merge.add(state) }
    for state in states where state.pid == nil { merge.add(state) }
    return merge.all
  }

  private mutating func add(_ state: RuntimeState) {
    // What is known by its port is the process that listens there.
    if state.pid == nil, let port = state.port, let place = listener(at: port, state) { return append(state, at: place) }
    guard let host = state.host, let pid = state.pid else { return begin(state) }
    let key = Key(host: host, pid: pid)
    if let place = places[key] {
      append(state, at: place)
    } else {
      places[key] = all.count
      begin(state)
    }
  }

  private mutating func begin(_ state: RuntimeState) {
    all.append([state])
    remember(state, at: all.count - 1)
  }

  /// What an old reading says of a process that others still see is over.
  private mutating func append(_ state: RuntimeState, at place: Int) {
    let isOver = stale.contains(state.id.source) && all[place].contains { !stale.contains($0.id.source) }
    guard !isOver else { return }
    all[place].append(state)
    remember(state, at: place)
  }

  private mutating func remember(_ state: RuntimeState, at place: Int) {
    guard !state.isContained else { return }
    for listener in state.listeners {
      guard let colon = listener.address.text.lastIndex(of: ":") else { continue }
      listening[listener.address.text[colon...].dropFirst(), default: []].append((place, state.startedAt))
    }
  }

  /// A process of this machine that listens there, in the console's own network, and began when the other says that it did.
  private func listener(at port: Int, _ state: RuntimeState) -> Int? {
    (listening["\(port)"] ?? []).filter { known in
      guard let began = known.began, let told = state.startedAt else { return true }
      return abs(began - told) < 5
    }.map(\.place).min()
  }

  /// One of several: what the first does not know the others tell.
  static func joined(_ states: [RuntimeState]) -> (state: RuntimeState, signals: SignalSet, ids: [ResourceID])? {
    guard var out = states.first else { return nil }
    var signals = out.signals
    for state in states.dropFirst() {
      signals.merge(state.signals)
      // Whoever knows the inside also knows what to call it.
      if (state.signals.rungs.first ?? .proc) > .proc { out.name = state.name }
      out.version = out.version ?? state.version
      out.startedAt = out.startedAt ?? state.startedAt
      out.group = out.group ?? state.group
      out.account = out.account ?? state.account
      out.parent = out.parent ?? state.parent
      out.fullCollections = out.fullCollections ?? state.fullCollections
      if out.collections.isEmpty { out.collections = state.collections }
      if out.threads.isEmpty { out.threads = state.threads }
      if out.listeners.isEmpty { out.listeners = state.listeners }
      if out.members.isEmpty { out.members = state.members }
      if out.language == .native { out.language = state.language }
      out.pools += state.pools
      // The same requests, told by two sources, are told once.
      out.costs += state.costs.filter { cost in !out.costs.contains { $0.unit == cost.unit && $0.name == cost.name } }
      out.remarks += state.remarks
    }
    let ids = states.sorted { ($0.signals.rungs.first ?? .proc) > ($1.signals.rungs.first ?? .proc) }.map(\.id)
    return (out, signals, ids)
  }
}
