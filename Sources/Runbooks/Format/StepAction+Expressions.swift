extension StepAction {
  /// Every expression in it, also of the look of a `wait`.
  var expressions: [Expression] {
    switch self {
    case .assert(let that, _): [that]
    case .wait(let wait): [wait.until] + (wait.probe?.action.expressions ?? [])
    default: templates.flatMap(\.expressions)
    }
  }

  private var templates: [Template] {
    switch self {
    case .cmd(let argv, let stdin, let env): argv + [stdin].compactMap { $0 } + Array(env.values)
    case .run(let script): script.arguments
    case .ssh(let script, let host): script.arguments + [host].compactMap { $0 }
    case .sql(let statement): statement.arguments + statement.connection.templates
    case .redis(let connection, let command): command + connection.templates
    case .redisScan(let scan): scan.each + scan.connection.templates
    case .queue(let queue): queue.templates
    case .http(let request):
      [request.path] + request.query.map(\.value) + (request.json?.templates ?? []) + request.connection.templates
    case .ansible(let playbook): [playbook.limit].compactMap { $0 } + Array(playbook.variables.values)
    case .kubectl(let argv, let context, let namespace): argv + [context] + [namespace].compactMap { $0 }
    case .prompt(let text, _), .note(let text): [text]
    case .runbook(_, _, let parameters): Array(parameters.values)
    case .assert, .wait, .approve: []
    }
  }
}

extension StepAction.Connection {
  fileprivate var templates: [Template] { [host].compactMap { $0 } }
}

extension StepAction.Body {
  fileprivate var templates: [Template] {
    switch self {
    case .plain: []
    case .value(let template): [template]
    case .list(let list): list.flatMap(\.templates)
    case .map(let map): map.values.flatMap(\.templates)
    }
  }
}

extension QueueAction {
  fileprivate var templates: [Template] {
    let chosen = [selection.ids, selection.errorContains, selection.task, selection.olderThan, selection.most]
    return (chosen + [source, pacing.perSecond]).compactMap { $0 } + Array(arguments.values) + connection.templates
  }
}

extension Step {
  /// Steps whose state or outputs it names.
  var named: Set<String> { Set(paths.compactMap { $0.first == "steps" && $0.count > 1 ? $0[1] : nil }) }

  private var paths: [[String]] {
    var all = (action?.expressions ?? []) + (hosts?.expressions ?? [])
    if let condition { all.append(condition) }
    for check in strategy.gate + [verify].compactMap({ $0 }) { all += [check.that] + (check.probe?.action.expressions ?? []) }
    return all.flatMap(\.paths) + (perHost + perHostFinally).flatMap(\.paths)
  }

  /// Whether it finds out something anew, and does not only compare what is known.
  var looksAnew: Bool {
    // Somebody else may begin the next run.
    if paths.contains(where: { $0.first == "run" }) { return true }
    switch action {
    case .assert?, .note?: return false
    case .wait(let wait)?: return wait.probe != nil
    default: return true
    }
  }
}
