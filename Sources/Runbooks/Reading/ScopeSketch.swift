import OpsModel

/// What names stand for at a place of a runbook, before any run.
struct ScopeSketch: TypeScope {
  /// A step that comes before, and what it leaves.
  struct Known {
    let action: StepAction?
    let outputs: [String: ValueKind]
  }

  var parameters: [String: ValueKind] = [:]
  /// Parameters that nobody else may read.
  var sensitive: Set<String> = []
  var secrets: Set<String> = []
  var steps: [String: Known] = [:]
  /// Steps of the whole runbook, to tell what comes later from what is nowhere.
  var all: Set<String> = []
  /// Inside of steps for each host.
  var hasHost = false
  /// Inside of a look: what it is, and what it names of its answer.
  var probe: Known?

  static let run: [String: ValueKind] = ["id": .text, "env": .text, "user": .text, "runbook": .text]

  func kind(of path: [String]) throws(ExpressionProblem) -> ValueKind {
    switch path[0] {
    case "params": return try parameter(path)
    case "steps": return try step(path)
    case "outputs": return try probeOutput(path)
    case "host":
      guard hasHost else { throw ExpressionProblem("host is known inside of per_host, or of a step with hosts") }
      guard path == ["host", "name"] else { throw ExpressionProblem("of a host there is host.name") }
      return .text
    case "run":
      guard path.count == 2, let kind = Self.run[path[1]] else {
        throw ExpressionProblem("of the run there are run.id, run.env, run.user, run.runbook")
      }
      return kind
    case "secrets": throw ExpressionProblem("a secret is never a value: it is given to the connection or the program that needs it")
    default: throw ExpressionProblem("\(Self.shown(path)) is nothing; there are params, steps, run, and outputs inside of a look")
    }
  }

  private func parameter(_ path: [String]) throws(ExpressionProblem) -> ValueKind {
    guard path.count == 2 else { throw ExpressionProblem("a parameter is params.name") }
    guard let kind = parameters[path[1]] else {
      throw ExpressionProblem("there is no parameter \(SafeText(escaping: path[1]))\(Self.near(path[1], Array(parameters.keys)))")
    }
    return kind
  }

  private func step(_ path: [String]) throws(ExpressionProblem) -> ValueKind {
    guard path.count >= 3 else { throw ExpressionProblem("of a step there are steps.id.state and steps.id.outputs.name") }
    let id = path[1]
    guard let known = steps[id] else {
      let what: SafeText =
        all.contains(id) ? "the step \(SafeText(escaping: id)) comes later" : "there is no step \(SafeText(escaping: id))"
      throw ExpressionProblem("\(what)\(all.contains(id) ? "" : Self.near(id, Array(steps.keys)))")
    }
    if path.count == 3, path[2] == "state" { return .text }
    guard path[2] == "outputs", path.count >= 4 else {
      throw ExpressionProblem("of a step there are steps.id.state and steps.id.outputs.name")
    }
    return try Self.output(Array(path.dropFirst(3)), of: known)
  }

  private func probeOutput(_ path: [String]) throws(ExpressionProblem) -> ValueKind {
    guard let probe else { throw ExpressionProblem("outputs stand inside of a look; elsewhere it is steps.id.outputs.name") }
    guard path.count >= 2 else { throw ExpressionProblem("of a look there are outputs.name") }
    return try Self.output(Array(path.dropFirst()), of: probe)
  }

  private static func output(_ path: [String], of known: Known) throws(ExpressionProblem) -> ValueKind {
    if path.count == 1, let declared = known.outputs[path[0]] { return declared }
    if let kind = known.action?.standardOutput(path) { return kind }
    let names = known.outputs.keys.sorted() + (known.action?.standardNames ?? [])
    let list: SafeText = names.isEmpty ? "it leaves nothing" : "it leaves \(SafeText(escaping: names.joined(separator: ", ")))"
    throw ExpressionProblem("there is no output \(shown(path)): \(list)")
  }

  private static func shown(_ path: [String]) -> SafeText { SafeText(escaping: path.joined(separator: "."), limit: 80) }

  private static func near(_ word: String, _ known: [String]) -> SafeText {
    Nearest.word(to: word, in: known).map { "; did you mean \(SafeText(escaping: $0))?" } ?? ""
  }
}

extension StepAction {
  /// What a kind leaves without having been asked: for messages.
  var standardNames: [String] {
    switch self {
    case .cmd, .run, .ssh, .kubectl: ["status", "stdout", "json.…"]
    case .http: ["status", "stdout", "value", "json.…"]
    case .sql: ["rows", "count", "affected", "value", "rows_0_column"]
    case .redis: ["value", "list", "fields of INFO and CONFIG GET"]
    case .redisScan: ["seen", "done", "changed"]
    case .queue(let queue): queue.name.outputs.keys.sorted()
    case .prompt: ["choice"]
    case .approve: ["by"]
    case .runbook: ["state"]
    case .wait(let wait): wait.probe?.action.standardNames ?? []
    case .ansible: ["ok", "changed", "failed", "unreachable"]
    case .assert, .note: []
    }
  }

  func standardOutput(_ path: [String]) -> ValueKind? {
    let name = path[0]
    let isOne = path.count == 1
    switch self {
    case .cmd, .run, .ssh, .kubectl: return name == "json" ? .any : isOne ? ["status": .int, "stdout": .text][name] : nil
    case .http: return name == "json" ? .any : isOne ? ["status": .int, "stdout": .text, "value": .any][name] : nil
    case .sql:
      return isOne
        ? (name == "rows" ? .list : name == "count" || name == "affected" ? .int : name == "value" || Self.isCell(name) ? .any : nil) : nil
    case .redis: return isOne ? (name == "list" ? .list : .any) : nil
    case .redisScan: return isOne ? ["seen": .int, "done": .int, "changed": .int][name] : nil
    case .queue(let queue): return isOne ? queue.name.outputs[name] : nil
    case .prompt: return isOne && name == "choice" ? .text : nil
    case .approve: return isOne && name == "by" ? .list : nil
    case .runbook: return isOne && name == "state" ? .text : nil
    case .wait(let wait): return wait.probe?.action.standardOutput(path)
    case .ansible: return isOne ? ["ok": .int, "changed": .int, "failed": .int, "unreachable": .int][name] : nil
    case .assert, .note: return nil
    }
  }

  /// `rows_0_waiters`
  private static func isCell(_ name: String) -> Bool {
    let parts = name.split(separator: "_", maxSplits: 2, omittingEmptySubsequences: false)
    return parts.count == 3 && parts[0] == "rows" && Int(parts[1]) != nil && !parts[2].isEmpty
  }
}

extension QueueAction.Name {
  var outputs: [String: ValueKind] {
    switch self {
    case .status: ["pending": .int, "running": .int, "done": .int, "failed": .int, "unknown": .int]
    case .stats:
      [
        "ready": .int, "running": .int, "scheduled": .int, "dead": .int, "workers": .int, "completed_per_min": .number,
        "oldest_age": .number,
      ]
    case .count: ["count": .int, "ids": .list]
    default: ["ids": .list, "moved": .int, "absent": .int, "changed": .int, "failed": .int, "unknown": .int, "total": .int]
    }
  }
}
