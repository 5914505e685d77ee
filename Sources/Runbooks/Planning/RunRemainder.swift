public import OpsModel

/// What is left of a run that is over: the hosts that failed and those that never began, and the steps that did not end well.
///
/// Only what changed something and ended well is kept from being done again. Looks are looked at again, what is always done is always done,
/// and a host that failed in the middle of its steps begins with the first of them.
public struct RunRemainder: Sendable {
  /// The hosts of one step.
  public struct Hosts: Hashable, Sendable {
    public var done: [String] = []
    public var failed: [String] = []
    public var never: [String] = []
  }

  /// Paths that are not done again: of steps, and of hosts of a step.
  public private(set) var done: [String] = []
  /// Steps that are left, in their order: `rest`, `each`, `call/write`.
  public private(set) var left: [String] = []
  /// Hosts by the path of their step, where some are left.
  public private(set) var hosts: [String: Hosts] = [:]
  /// Changes of which nobody knows whether they happened, and about which nobody has decided here.
  public private(set) var doubtful: [String] = []

  /// A check that a run of the rest meets again as it was.
  public private(set) var standing: StandingCheck?

  private let history: RunHistory
  private let decided: [String: RunHistory.StepState]
  private let inherited: Set<String>
  private let books: [String: Runbook]
  private let scope: RunScope

  /// - Parameters:
  ///   - books: runbooks that steps call, by the hash of their file.
  ///   - parameters: of the run; those that are not written down may be missing.
  ///   - inherited: paths that the run took over as done from the one whose rest it does, whether or not it came to write them down.
  ///   - decided: what a person says of steps in doubt.
  public init(
    _ runbook: Runbook, books: [String: Runbook] = [:], history: RunHistory, parameters: [String: RunValue],
    inherited: Set<String> = [], decided: [String: RunHistory.StepState] = [:]
  ) {
    self.history = history
    self.decided = decided
    self.inherited = inherited
    self.books = books
    var scope = RunScope()
    scope.parameters = parameters
    for step in runbook.steps {
      let known = history.step(step.id)
      if known.state.isSettled { scope.steps[step.id] = .init(state: known.state, outputs: known.outputs) }
    }
    self.scope = scope
    walk(runbook, "")
    standing = standing ?? StandingCheck(runbook, history: history, done: Set(done))
  }

  /// Nothing that changes something is left.
  public var isEmpty: Bool { left.isEmpty && doubtful.isEmpty }

  /// `each: web-2 failed; web-3 never began`, for people.
  public var words: SafeText {
    let parts = left.map { path -> SafeText in
      let shown = SafeText(escaping: path, limit: 100)
      guard let hosts = hosts[path] else { return shown }
      let groups = [Self.named(hosts.failed, "failed"), Self.named(hosts.never, "never began")].compactMap { $0 }
      return groups.isEmpty ? shown : "\(shown): \(SafeText.join(groups, "; "))"
    }
    return SafeText.join(Array(parts.prefix(6)), ", ") + (parts.count > 6 ? ", …" : "")
  }

  private static func named(_ hosts: [String], _ what: SafeText) -> SafeText? {
    guard !hosts.isEmpty else { return nil }
    let names = SafeText.join(hosts.prefix(8).map { SafeText(escaping: $0, limit: 60) }, ", ")
    return "\(names)\(hosts.count > 8 ? " and \(hosts.count - 8) more" : "") \(what)"
  }

  // MARK: The walk

  private mutating func walk(_ runbook: Runbook, _ prefix: String) {
    for step in runbook.steps where step.changes {
      let path = prefix + step.id
      if step.hosts != nil { hosts(step, path, runbook) } else { single(step, path) }
    }
  }

  private func state(_ path: String) -> RunHistory.StepState {
    let known = decided[path] ?? history.step(path).state
    return known == .pending && inherited.contains(path) ? .ok : known
  }

  private mutating func single(_ step: Step, _ path: String) {
    let state = state(path)
    if state.isWell || (state.isSettled && step.continuesOnError) { return done.append(path) }
    if case .runbook(_, let hash, _)? = step.action, let inner = books[hash], history.steps[path] != nil {
      left.append(path)
      walk(inner, path + "/")
      standing = standing ?? StandingCheck(inner, history: history, done: Set(done), prefix: path + "/")
      return
    }
    left.append(path)
    if state == .unknown || state == .running { doubtful.append(path) }
  }

  private mutating func hosts(_ step: Step, _ path: String, _ runbook: Runbook) {
    let begun = begun(path)
    // Hosts that an earlier step told may not be known any more: then those that were begun are all that can be named.
    let known = step.hosts.flatMap { try? Resolver(scope, parameters: runbook.parameters).hosts($0) }
    var found = Hosts()
    for host in known ?? begun {
      let key = "\(path)/\(host)"
      if isDone(step, key) {
        found.done.append(host)
      } else if begun.contains(host) {
        found.failed.append(host)
        doubtful += doubts(step, key)
      } else {
        found.never.append(host)
      }
    }
    let isWhole = found.failed.isEmpty && found.never.isEmpty && (known != nil || state(path).isWell)
    if isWhole || state(path) == .skipped { return done.append(path) }
    done += found.done.map { "\(path)/\($0)" }
    left.append(path)
    hosts[path] = found
  }

  /// Hosts of a step that were begun, in their order.
  private func begun(_ path: String) -> [String] {
    var out: [String] = []
    var known: Set<String> = []
    for entry in history.order where entry.hasPrefix(path + "/") {
      let host = String(entry.dropFirst(path.count + 1).prefix { $0 != "/" })
      if known.insert(host).inserted { out.append(host) }
    }
    return out
  }

  private func isDone(_ step: Step, _ key: String) -> Bool {
    // The rest of another run has it whole, by its host.
    if state(key).isWell { return true }
    guard step.action == nil else { return false }
    return (step.perHost + step.perHostFinally).allSatisfy { inner in
      let state = state("\(key)/\(inner.id)")
      return state.isWell || (state.isSettled && inner.continuesOnError)
    }
  }

  private func doubts(_ step: Step, _ key: String) -> [String] {
    let paths = step.action == nil ? (step.perHost + step.perHostFinally).filter { !$0.isRead }.map { "\(key)/\($0.id)" } : [key]
    return paths.filter { [.unknown, .running].contains(state($0)) }
  }
}
