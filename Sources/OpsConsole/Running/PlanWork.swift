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
  var frozen: [String: [String]] = [:]
  var called: [String: String] = [:]
  var warnings: [SafeText] = []
  var files: [String: String] = [:]
  var needsTyping = false
  /// A step of a runbook that is called asks for more than its risk does.
  var raises = false

  init(
    maker: PlanMaker, runbook: Runbook, entry: RunbookLibrary.Entry, secrets: StepSecrets, values: [String: RunValue], at unix: Double
  ) {
    self.maker = maker
    self.runbook = runbook
    self.entry = entry
    let id = RunID(now: unix)
    // Files that a program is given while the plan is made.
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

  func removeFiles() {
    for name in FolderList.names(in: folder) { unlink("\(folder)/\(name)") }
    rmdir(folder)
  }

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
    hosts(step, &line, &scope)
    await fill(step, path, &line, scope)
    demand(step, line)
    out.append(line)
    for inner in step.perHost { await add(inner, "\(path)/*/\(inner.id)", scope) }
    for inner in step.perHostFinally { await add(inner, "\(path)/*/\(inner.id)", scope, note: "for every host that was begun") }
  }

  /// What is at least as dangerous as an action of the console is confirmed at least as it is.
  private mutating func demand(_ step: Step, _ line: RunPlan.Step) {
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

  private func hosts(_ step: Step, _ line: inout RunPlan.Step, _ scope: inout RunScope) {
    guard let template = step.hosts else { return }
    let isDangerous = maker.maker.named == .production && (!step.isRead || !step.perHost.allSatisfy(\.isRead))
    let hosts: [String]
    do throws(ExpressionProblem) { hosts = try Resolver(scope, parameters: runbook.parameters).hosts(template) } catch {
      // How many they are is known only then: they are taken for many.
      line.isMany = isDangerous
      if isToldLater(error) {
        line.notes.append("on hosts that earlier steps tell")
      } else {
        line.problem = error.message
      }
      return
    }
    scope.host = hosts.first
    line.hosts = hosts.count
    if hosts.count > 1, isDangerous { line.isMany = true }
    let names = SafeText.join(hosts.prefix(8).map { SafeText(escaping: $0, limit: 60) }, ", ")
    let batches = step.strategy.batches(of: hosts).map { "\($0.count)" as SafeText }
    line.notes.append(
      "on \(Units.count(hosts.count, "host")): \(names)\(hosts.count > 8 ? ", …" : ""); in batches of \(SafeText.join(Array(batches.prefix(12)), ", ")), \(step.strategy.parallel) at once"
    )
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
    await PlanRehearsal(maker: maker, desk: desk, path: path).add(resolved, step, &line, &frozen)
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

  /// Looks beside the action itself: nothing is run that the plan does not name.
  private func looks(_ step: Step, _ line: inout RunPlan.Step) {
    var named: [(SafeText, Probe)] = step.strategy.gate.compactMap { check in check.probe.map { ("between batches", $0) } }
    if let probe = step.verify?.probe { named.append(("whether it has happened", probe)) }
    for (when, probe) in named { line.notes.append("looks \(when) by \(SafeText(escaping: probe.action.name)): \(probe.action.sketch)") }
    if case .wait(let wait)? = step.action, let probe = wait.probe { named.append(("", probe)) }
    line.problem = line.problem ?? named.lazy.compactMap { obstacle($0.1.action) }.first
  }

  private func isToldLater(_ problem: ExpressionProblem) -> Bool {
    runbook.allSteps.contains { Self.names($0.id, problem.message) }
  }

  /// Whether a problem is that a step did not run yet.
  private static func names(_ id: String, _ message: SafeText) -> Bool {
    message.text.contains("the step \(id) did not run") || message.text.contains("steps.\(id).")
  }

  private func show(_ preview: Probe, _ path: String, _ line: inout RunPlan.Step, _ scope: RunScope) async {
    if maker.isReadOnly, preview.action.isClaimed { return line.notes.append("no preview: read-only") }
    switch await look.probe(preview, "\(path)/preview", scope) {
    case .success(let seen): line.notes.append("now: \(desk.secrets.hiding.text(Self.shown(seen)))")
    case .failure(let problem): line.notes.append(desk.secrets.hiding.text("no preview: \(problem.message)"))
    }
  }

  /// What is known to be missing before anything runs.
  private func obstacle(_ action: StepAction) -> SafeText? {
    if let connection = action.connection, connection.host == nil {
      do throws(Failure) { _ = try maker.places.source(ResolvedConnection(name: connection.name, host: nil)) } catch { return error.what }
    }
    switch action {
    case .approve(let approval): return ApprovalFolder.problem(maker.approvalFolder, group: approval.group)
    case .ssh: return Self.missing("ssh")
    case .ansible: return Self.missing("ansible-playbook")
    case .kubectl: return Self.missing("kubectl")
    case .cmd(let argv, _, _): return argv.first.flatMap { Self.missing($0.source) }
    default: return nil
    }
  }

  private static func missing(_ program: String) -> SafeText? {
    // The console's own commands are this program.
    if program == "opsconsole" { return nil }
    let found =
      program.contains("/")
      ? access(program, X_OK) == 0 : ChildProgram.searchPath.split(separator: ":").contains { access("\($0)/\(program)", X_OK) == 0 }
    return found ? nil : "\(SafeText(escaping: program, limit: 80)) is not installed on this machine"
  }

  // MARK: Runbooks in runbooks

  private mutating func call(_ id: String, _ hash: String, _ values: [String: RunValue], _ path: String, _ line: inout RunPlan.Step) async {
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
      for step in steps {
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

  // MARK: Others

  /// Who else is connected to the servers of this run; which of them do not answer is a warning.
  mutating func company() async -> [SafeText] {
    var names: Set<String> = []
    for step in runbook.allSteps { if let connection = step.action?.connection, connection.host == nil { names.insert(connection.name) } }
    let looked = await Self.company(maker.places, names)
    warnings += looked.compactMap(\.problem).sorted { $0.text < $1.text }
    return Set(looked.flatMap(\.others)).sorted { $0.text < $1.text }
  }

  private typealias Company = (others: [SafeText], problem: SafeText?)

  private static func company(_ places: StepPlaces, _ names: Set<String>) async -> [Company] {
    await withTaskGroup(of: Company.self) { group in
      for name in names {
        group.addTask {
          // Connections that only steps ask have no list of who is there.
          guard let connector = try? await places.connector(ResolvedConnection(name: name, host: nil)) else { return ([], nil) }
          let shown = SafeText(escaping: name, limit: 60)
          let found: Company
          do throws(Failure) {
            found = try await (connector.observe().company ?? []).reduce(into: ([], nil)) { all, one in
              all.others.append("\(one.who)\(one.isActing ? ", acting" : one.canWrite ? "" : ", read-only") at \(shown)")
            }
          } catch { found = ([], "\(shown) does not answer, and steps need it: \(error.what)") }
          await connector.close()
          return found
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
  }
}
