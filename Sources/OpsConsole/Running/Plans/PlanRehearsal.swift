import Gate
import OpsModel
import Runbooks

/// What can be tried without changing anything: items are frozen and looked at, playbooks run with `--check`, manifests with `diff`.
struct PlanRehearsal {
  let maker: PlanMaker
  let desk: StepDesk
  let path: String
  /// What another run has left; nil for a plan of a whole one.
  let rest: PlanWork.Rest?

  /// - Parameter frozen: takes the items of this step.
  func add(_ action: ResolvedAction, _ step: Step, _ line: inout RunPlan.Step, _ frozen: inout FrozenItems) async {
    guard !step.isRead, line.problem == nil else { return }
    switch action {
    case .queue(let queue): await self.queue(queue, &line, &frozen)
    case .ansible(_, _, _, _, true, _): await check(action, step, &line)
    case .kubectl(let context, let namespace, let argv) where argv.first == "apply":
      await difference(.kubectl(context: context, namespace: namespace, argv: ["diff"] + Self.known(argv.dropFirst())), &line)
    case .assert, .wait, .approve, .prompt, .note, .runbook: return
    default: line.notes.append("not simulated")
    }
  }

  private func queue(_ queue: ResolvedQueue, _ line: inout RunPlan.Step, _ frozen: inout FrozenItems) async {
    let source: ConfiguredSource
    let items: [String]
    do throws(Failure) {
      source = try maker.places.source(queue.connection)
      items = try await chosen(queue, &line)
    } catch {
      line.problem = error.what
      return
    }
    let verb = queue.name.verb
    if verb?.isForItems ?? false {
      let again = frozen.add(items, path, source.name)
      line.targets = items.count
      if again > 0 { line.notes.append("\(Units.count(again)) of these are items of an earlier step too, and count once") }
      if items.isEmpty { return line.notes.append("nothing of this is there now") }
    }
    guard !maker.isReadOnly, let verb else { return line.notes.append("not rehearsed: read-only") }
    let operation = Operation(
      verb, source: source.name, targets: TargetList(items.compactMap { FrozenTargets.target($0) }), arguments: desk.arguments(queue))
    do throws(GateRefusal) {
      let rehearsal = try await maker.gate.prepare(operation).rehearsal
      line.notes.append(rehearsal.moves)
      line.notes += rehearsal.loses.map { "loses \($0)" }
      line.notes += rehearsal.refused.map { "refuses \(Units.count($0.count)): \($0.reason)" }
      line.notes += rehearsal.warnings.map { "warning: \($0)" }
      line.notes.append("undo: \(rehearsal.undo)")
    } catch { line.problem = error.sentence }
  }

  /// The items that it is meant for: of the rest of another run only those that are as that one left them.
  private func chosen(_ queue: ResolvedQueue, _ line: inout RunPlan.Step) async throws(Failure) -> [String] {
    var wanted = queue
    // The rest is among all that are there: the first few may be others by now.
    if rest?.frozen[path] != nil { wanted.most = nil }
    let chosen = try await FrozenTargets.select(wanted, maker.places, maker.gate, now: maker.clock.now().unix)
    if let rest, let known = rest.frozen[path], let left = rest.left(of: chosen.items, path) {
      line.notes.append("\(Units.count(left.count)) of \(Units.count(known.count)) items are as that run left them")
      return left
    }
    let count = chosen.items.count
    if queue.most == nil, chosen.meant > count {
      line.notes.append("warning: more than \(count) are meant: only so many are frozen, the rest takes another run")
    } else if queue.most == nil, queue.ids == nil, queue.name.isForLetters, count > 1 {
      line.notes.append("no max: all \(Units.count(count)) that are there now")
    }
    return chosen.items
  }

  private func check(_ action: ResolvedAction, _ step: Step, _ line: inout RunPlan.Step) async {
    guard !maker.isReadOnly else { return line.notes.append("not rehearsed: read-only") }
    let end = await desk.checked(action, timeout: step.timeout)
    line.notes.append("--check: \(end)")
    line.notes.append("not simulated: tasks of command and shell")
  }

  /// What `apply` takes and `diff` does not.
  private static func known(_ words: ArraySlice<String>) -> [String] {
    words.filter { word in !["--validate", "--dry-run", "--prune", "--wait"].contains { word == $0 || word.hasPrefix($0 + "=") } }
  }

  /// `kubectl diff` ends with 1 where something differs, and for some of its own failures as well: these print nothing.
  private func difference(_ action: ResolvedAction, _ line: inout RunPlan.Step) async {
    guard !maker.isReadOnly else { return line.notes.append("not rehearsed: read-only") }
    let context = StepContext(
      run: desk.run, step: "\(path)/diff", timeout: 30, idempotencyKey: "", isRead: true, isProbe: true, parameters: [:])
    switch await desk.perform(action, context) {
    case .done(let outputs):
      let isSame = outputs["status"] == .int(0)
      let text = if case .text(let text)? = outputs["stdout"] { text } else { "" }
      guard isSame || !text.isEmpty else { return line.notes.append("no diff: kubectl could not compare") }
      line.notes.append(isSame ? "diff: nothing differs" : "diff: \(SafeText(escaping: text, limit: 1500))")
    case let end: line.notes.append("no diff: \(end.message)")
    }
  }
}
