import OpsModel

/// Fills the values of a run into a step. Each value goes to one place and stays what it is there, whatever it holds.
public struct Resolver {
  let scope: RunScope
  /// Parameters that may begin with `-`.
  let dashed: Set<String>

  public init(_ scope: RunScope, parameters: [Parameter]) {
    self.scope = scope
    dashed = Set(parameters.filter(\.allowsLeadingDash).map(\.name))
  }

  /// - Throws: `ExpressionProblem` that names the place.
  public func resolve(_ action: StepAction) throws(ExpressionProblem) -> ResolvedAction {
    switch action {
    case .cmd(let argv, let stdin, let env):
      return .cmd(
        argv: try arguments(argv), stdin: try stdin.map { (text) throws(ExpressionProblem) in try plain(text) }, env: try map(env))
    case .run(let script): return .run(shell: script.shell, text: script.text, arguments: try arguments(script.arguments))
    case .ssh(let script, let host):
      return .ssh(
        host: try host.map { (text) throws(ExpressionProblem) in try self.host(text) }, shell: script.shell, text: script.text,
        arguments: try arguments(script.arguments))
    case .sql(let statement):
      return .sql(
        try connection(statement.connection), query: statement.query, arguments: try values(statement.arguments), rows: statement.rows)
    case .redis(let connection, let command): return .redis(try self.connection(connection), try arguments(command))
    case .redisScan(let scan):
      return .redisScan(
        try connection(scan.connection), pattern: scan.pattern, type: scan.type, most: scan.most, perSecond: scan.perSecond,
        each: try arguments(scan.each))
    case .queue(let queue): return .queue(try self.queue(queue))
    case .http(let request): return .http(try connection(request.connection), try self.request(request))
    case .ansible(let playbook):
      return .ansible(
        path: playbook.path, inventory: playbook.inventory,
        limit: try playbook.limit.map { (text) throws(ExpressionProblem) in try hosts(text) } ?? [],
        variables: try valueMap(playbook.variables), isChecked: playbook.isChecked, showsDifference: playbook.showsDifference)
    case .kubectl(let argv, let context, let namespace):
      return .kubectl(
        context: try argument(context), namespace: try namespace.map { (text) throws(ExpressionProblem) in try argument(text) },
        argv: try arguments(argv))
    case .assert(let that, let message): return .assert(that, message: message)
    case .wait(let wait): return .wait(wait)
    case .approve(let approval): return .approve(approval)
    case .prompt(let text, let choices): return .prompt(text: try plain(text), choices: choices)
    case .note(let text): return .note(try plain(text))
    case .runbook(let id, let hash, let parameters): return .runbook(id: id, hash: hash, parameters: try valueMap(parameters))
    }
  }

  // MARK: Places

  /// Text that is read and never run: it may hold anything but NUL.
  func plain(_ template: Template) throws(ExpressionProblem) -> String {
    let text = try template.text(in: scope)
    guard !text.utf8.contains(0) else { throw ExpressionProblem("a value with a NUL in it ends there for every program") }
    return text
  }

  /// One argument, which stays one.
  func argument(_ template: Template) throws(ExpressionProblem) -> String {
    let text = try plain(template)
    if text.hasPrefix("-"), case .expression(let expression)? = template.parts.first {
      if case .path(let path) = expression, path.count == 2, path[0] == "params", dashed.contains(path[1]) { return text }
      throw ExpressionProblem("\(SafeText(escaping: text, limit: 40)) begins with -, which programs take for an option")
    }
    return text
  }

  private func arguments(_ templates: [Template]) throws(ExpressionProblem) -> [String] {
    var out: [String] = []
    for template in templates { out.append(try argument(template)) }
    return out
  }

  private func map(_ templates: [String: Template]) throws(ExpressionProblem) -> [String: String] {
    var out: [String: String] = [:]
    for (name, template) in templates { out[name] = try plain(template) }
    return out
  }

  private func values(_ templates: [Template]) throws(ExpressionProblem) -> [RunValue] {
    var out: [RunValue] = []
    for template in templates { out.append(try template.value(in: scope)) }
    return out
  }

  private func valueMap(_ templates: [String: Template]) throws(ExpressionProblem) -> [String: RunValue] {
    var out: [String: RunValue] = [:]
    for (name, template) in templates { out[name] = try template.value(in: scope) }
    return out
  }

  func connection(_ connection: StepAction.Connection) throws(ExpressionProblem) -> ResolvedConnection {
    guard let host = connection.host else { return ResolvedConnection(name: connection.name, host: nil) }
    return ResolvedConnection(name: connection.name, host: try self.host(host))
  }

  private func host(_ template: Template) throws(ExpressionProblem) -> String {
    let text = try plain(template)
    guard ParameterCheck.isHost(text) else { throw ExpressionProblem("\(SafeText(escaping: text, limit: 60)) is no name of a host") }
    return text
  }

  /// - Throws: `ExpressionProblem` where one of them is no host.
  public func hosts(_ template: Template) throws(ExpressionProblem) -> [String] {
    let value = try template.value(in: scope)
    let texts: [RunValue]
    if case .list(let list) = value { texts = list } else { texts = [value] }
    var out: [String] = []
    for case .text(let text) in texts {
      guard ParameterCheck.isHost(text) else { throw ExpressionProblem("\(SafeText(escaping: text, limit: 60)) is no name of a host") }
      out.append(text)
    }
    guard out.count == texts.count else { throw ExpressionProblem("hosts are a list of names") }
    guard Set(out).count == out.count else { throw ExpressionProblem("a host stands in the list twice") }
    return out
  }
}
