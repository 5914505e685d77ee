import Gate
import OpsModel
import Runbooks

/// Runbooks in runbooks.
extension PlanWork {
  mutating func call(_ id: String, _ hash: String, _ values: [String: RunValue], _ path: String, _ line: inout RunPlan.Step) async {
    guard let entry = maker.books.entries.first(where: { $0.hash == hash && $0.id == id }), case .success(let inner) = entry.runbook
    else {
      line.problem = "no runbook \(SafeText(escaping: id, limit: 63)) has the hash \(SafeText(escaping: hash, limit: 12))…"
      return
    }
    guard called.count < 8 else {
      line.problem = "more than eight runbooks call each other"
      return
    }
    if let why = Self.tooMuch(inner, maker.maker.named, than: runbook) {
      line.problem = "\(SafeText(escaping: id, limit: 63)) \(why)"
      return
    }
    called[hash] = String(decoding: entry.bytes, as: UTF8.self)
    line.isRead = inner.kind == .diagnose
    for (prefix, steps) in [("", inner.steps), ("on_failure/", inner.onFailure), ("finally/", inner.finally)] {
      for step in steps where !tellDone(step, "\(path)/\(prefix)\(step.id)") {
        add(step, "\(path)/\(prefix)\(step.id)")
        for each in step.perHost + step.perHostFinally { add(each, "\(path)/\(prefix)\(step.id)/*/\(each.id)") }
      }
    }
    raises = raises || inner.allSteps.contains(where: \.raisesConfirmation)
  }

  /// A step of a runbook that is called: what it is given is known only then, what it asks for is known now.
  private mutating func add(_ step: Step, _ path: String) {
    let guarantee = SafeText(escaping: step.action?.guarantee(step) ?? "for each host")
    var line = RunPlan.Step(
      path: path, kind: step.action?.name ?? "per_host", words: step.action?.sketch ?? "", guarantee: guarantee, isRead: step.isRead)
    line.problem = step.action.flatMap { obstacle($0) }
    line.isMany = step.hosts != nil && !step.isRead && maker.maker.named == .production
    demand(step, line)
    out.append(line)
  }

  /// What a runbook that is called must not have: its caller answers for these.
  private static func tooMuch(_ inner: Runbook, _ environment: Environment, than outer: Runbook) -> SafeText? {
    if !inner.environments.contains(environment) { return "may not run in \(environment.name)" }
    if inner.risk > outer.risk { return "has a higher risk than the one that calls it" }
    if !inner.preconditions.isEmpty { return "has preconditions: the one that calls it has to have them" }
    if !inner.secrets.isEmpty { return "has secrets: a runbook that is called has none" }
    let isDeep = inner.allSteps.contains { step in if case .runbook? = step.action { true } else { false } }
    return isDeep ? "calls another one: that goes one level deep" : nil
  }
}
