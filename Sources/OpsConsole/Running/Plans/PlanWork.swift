import Gate
import Glibc
import OpsModel
import Runbooks

/// Goes through the steps of a runbook and says what each will do.
struct PlanWork {
  let maker: PlanMaker
  let runbook: Runbook
  let entry: RunbookLibrary.Entry
  let desk: StepDesk
  let folder: String
  var scope = RunScope()
  var out: [RunPlan.Step] = []
  var frozen = FrozenItems()
  var called: [String: String] = [:]
  var warnings: [SafeText] = []
  var files: [String: String] = [:]
  var needsTyping = false
  /// What another run has left; nil for a plan of a whole one.
  var rest: Rest?
  /// A step of a runbook that is called asks for more than its risk does.
  var raises = false

  init(
    maker: PlanMaker, runbook: Runbook, entry: RunbookLibrary.Entry, secrets: StepSecrets, values: [String: RunValue], at unix: Double
  ) {
    self.maker = maker
    self.runbook = runbook
    self.entry = entry
    let id = RunID(now: unix)
    folder = "\(maker.paths.planFolder)/\(id.text)"
    desk = StepDesk(
      places: maker.places, gate: maker.gate, clock: maker.clock, secrets: secrets, folder: folder, beside: entry.folder, run: id)
    scope.parameters = values
    scope.run = Self.values(id: "plan", maker, runbook)
  }

  static func values(id: String, _ maker: PlanMaker, _ runbook: Runbook) -> [String: RunValue] {
    [
      "id": .text(id), "env": .text(maker.maker.named.rawValue), "user": .text(maker.maker.actor.name.text), "runbook": .text(runbook.id),
    ]
  }

  func removeFiles() { desk.scratch.remove() }

  private var look: Look {
    let parameters = runbook.parameters
    return Look(desk, run: desk.run) { Resolver($0, parameters: parameters) }
  }

  // MARK: What must hold

  mutating func conditions() async -> [RunPlan.Condition] {
    var found: [RunPlan.Condition] = []
    for check in runbook.preconditions {
      if maker.isReadOnly, check.probe.map({ $0.action.isClaimed }) ?? false {
        found.append(
          .init(id: check.id, holds: nil, message: "not looked at: read-only, and that a program only reads is its author's word"))
        continue
      }
      switch await look.check(check, "preconditions/\(check.id)", scope) {
      case .success(let (holds, seen)):
        if !check.id.isEmpty { scope.steps[check.id] = .init(state: .ok, outputs: seen) }
        found.append(
          .init(
            id: check.id, holds: holds,
            message: holds ? "holds" : check.message ?? "does not hold: \(desk.secrets.hiding.text(Self.shown(seen)))"))
      case .failure(let problem):
        found.append(.init(id: check.id, holds: nil, message: desk.secrets.hiding.text("can not be looked at: \(problem.message)")))
      }
    }
    return found
  }

  /// The few values that people want to see.
  static func shown(_ seen: [String: RunValue]) -> SafeText {
    let small = seen.filter { $0.key != "json" && $0.key != "stdout" && $0.key != "rows" }.sorted { $0.key < $1.key }.prefix(8)
    return SafeText.join(small.map { "\(SafeText(escaping: $0.key, limit: 40)) \($0.value.shown.prefix(80))" }, ", ")
  }

  // MARK: Steps

  mutating func steps() async {
    for step in runbook.steps { await add(step, step.id, scope) }
    for step in runbook.onFailure { await add(step, "on_failure/\(step.id)", scope, note: "only where a step fails") }
    for step in runbook.finally { await add(step, "finally/\(step.id)", scope, note: "in any case") }
  }

  private mutating func add(_ step: Step, _ path: String, _ scope: RunScope, note: SafeText? = nil) async {
    if tellDone(step, path) { return }
    var scope = scope
    var line = RunPlan.Step(
      path: path, kind: step.action?.name ?? "per_host", words: step.action?.sketch ?? "for each host", guarantee: "",
      isRead: step.isRead || step.action == nil)
    if let note { line.notes.append(note) }
    if let condition = step.condition {
      let isKnown = condition.paths.allSatisfy { $0[0] == "params" || $0[0] == "run" }
      let isMeant = isKnown ? try? condition.isTrue(in: scope) : nil
      if isMeant == false {
        // Nothing of it is done: what it lacks is no obstacle, and what it would move is not counted.
        line.notes.append("will be skipped: its condition is false")
        out.append(line)
        return
      }
      line.notes.append(isMeant == true ? "its condition holds" : "only if its condition holds then")
    }
    if let action = step.action {
      line.guarantee = SafeText(escaping: action.guarantee(step))
      line.isClaimed = step.isRead && action.isClaimed
    }
    hosts(step, path, &line, &scope)
    await fill(step, path, &line, scope)
    demand(step, line)
    out.append(line)
    for inner in step.perHost { await add(inner, "\(path)/*/\(inner.id)", scope) }
    for inner in step.perHostFinally { await add(inner, "\(path)/*/\(inner.id)", scope, note: "for every host that was begun") }
  }

  /// What is at least as dangerous as an action of the console is confirmed at least as it is.
  mutating func demand(_ step: Step, _ line: RunPlan.Step) {
    guard !step.isRead else { return }
    if line.isMany { needsTyping = true }
    switch step.action {
    case .approve: needsTyping = true
    case .queue(let queue):
      guard let verb = queue.name.verb else { return }
      // What is chosen only when it is done can be many.
      let count = verb.isForItems ? line.targets ?? Policy.small + 1 : 1
      if case .typed = Policy.confirmation(maker.maker.named, verb, count: count, source: "") { needsTyping = true }
    default: return
    }
  }

  private func hosts(_ step: Step, _ path: String, _ line: inout RunPlan.Step, _ scope: inout RunScope) {
    guard let template = step.hosts else { return }
    let isDangerous = maker.maker.named == .production && (!step.isRead || !step.perHost.allSatisfy(\.isRead))
    let all: [String]
    do throws(ExpressionProblem) { all = try Resolver(scope, parameters: runbook.parameters).hosts(template) } catch {
      // How many they are is known only then: they are taken for many.
      line.isMany = isDangerous
      if isToldLater(error) {
        line.notes.append("on hosts that earlier steps tell")
      } else {
        line.problem = error.message
      }
      return
    }
    let hosts = hostsLeft(all, path, &line)
    scope.host = hosts.first
    line.hosts = hosts.count
    if hosts.count > 1, isDangerous { line.isMany = true }
    line.atOnce = step.strategy.atOnce(of: hosts)
    let names = SafeText.join(hosts.prefix(8).map { SafeText(escaping: $0, limit: 60) }, ", ")
    line.notes.append(
      "on \(Units.count(hosts.count, "host")): \(names)\(hosts.count > 8 ? ", …" : ""); \(Self.pace(step, hosts))")
  }

  /// How many hosts at the same time, in words that are loud where it is all of them and something changes.
  private static func pace(_ step: Step, _ hosts: [String]) -> SafeText {
    let batches = step.strategy.batches(of: hosts)
    let atOnce = step.strategy.atOnce(of: hosts)
    if atOnce <= 1 { return hosts.count == 1 ? "one host" : "one at a time" }
    if atOnce == hosts.count { return step.changes ? "all \(atOnce) AT THE SAME TIME" : "all \(atOnce) at the same time" }
    let up: SafeText = "\(atOnce) AT THE SAME TIME"
    let words: SafeText = step.changes ? up : "\(atOnce) at the same time"
    guard batches.count > 1 else { return "up to \(words)" }
    let sizes = SafeText.join(batches.prefix(12).map { "\($0.count)" }, ", ")
    return "in batches of \(sizes)\(batches.count > 12 ? ", …" : ""), up to \(words)"
  }

  private mutating func fill(_ step: Step, _ path: String, _ line: inout RunPlan.Step, _ scope: RunScope) async {
    guard let action = step.action else { return }
    looks(step, &line)
    if let problem = obstacle(action) { line.problem = line.problem ?? problem }
    let resolved: ResolvedAction
    do throws(ExpressionProblem) { resolved = try Resolver(scope, parameters: runbook.parameters).resolve(action) } catch {
      let isOnUnknownHost = scope.host == nil && error.message.text.contains("host.name")
      if isToldLater(error) || isOnUnknownHost {
        line.notes.append("with values that earlier steps tell")
      } else {
        line.problem = desk.secrets.hiding.text(error.message)
      }
      return
    }
    line.words = words(action, resolved, scope)
    note(resolved)
    if let preview = step.preview, line.problem == nil { await show(preview, path, &line, scope) }
    await PlanRehearsal(maker: maker, desk: desk, path: path, rest: rest).add(resolved, step, &line, &frozen)
    if case .runbook(let id, let hash, let values) = resolved { await call(id, hash, values, path, &line) }
  }

  /// Sensitive parameters are left out before anything is cut.
  private func words(_ action: StepAction, _ resolved: ResolvedAction, _ scope: RunScope) -> SafeText {
    let names = runbook.parameters.filter(\.isSensitive).map(\.name)
    guard !names.isEmpty else { return desk.secrets.hiding.text(resolved.words) }
    var scope = scope
    for name in names { scope.parameters[name] = .text("••••••") }
    guard let shown = try? Resolver(scope, parameters: runbook.parameters).resolve(action) else { return action.sketch }
    return desk.secrets.hiding.text(shown.words)
  }

  /// Files that are part of what is done.
  private mutating func note(_ action: ResolvedAction) {
    guard case .ansible(let path, let inventory, _, _, _, _) = action else { return }
    for one in [path, inventory] {
      let full = one.hasPrefix("/") ? one : "\(entry.folder)/\(one)"
      let digest = PlanMaker.digest(of: full)
      if !digest.isEmpty { files[full] = digest }
    }
  }

  private func show(_ preview: Probe, _ path: String, _ line: inout RunPlan.Step, _ scope: RunScope) async {
    if maker.isReadOnly, preview.action.isClaimed { return line.notes.append("no preview: read-only") }
    switch await look.probe(preview, "\(path)/preview", scope) {
    case .success(let seen): line.notes.append("now: \(desk.secrets.hiding.text(Self.shown(seen)))")
    case .failure(let problem): line.notes.append(desk.secrets.hiding.text("no preview: \(problem.message)"))
    }
  }
}
