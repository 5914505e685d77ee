public import OpsModel

extension ResolvedAction {
  /// What will be done, exactly: programs as a JSON array, so that it can be seen where one argument ends; statements and commands with
  /// their values beside them.
  public var words: SafeText {
    switch self {
    case .cmd(let argv, _, _): Self.array(argv)
    case .run(let shell, let text, let arguments): "\(SafeText(escaping: shell)) \(Self.lines(text))\(Self.behind(arguments))"
    case .ssh(let host, let shell, let text, let arguments):
      "\(host.map { "ssh \(SafeText(escaping: $0)) " } ?? "")\(SafeText(escaping: shell)) \(Self.lines(text))\(Self.behind(arguments))"
    case .sql(let connection, let query, let arguments, let rows):
      "\(connection.shown): \(Self.lines(query))\(Self.behind(arguments))\(rows.map { "; \($0.lowerBound) to \($0.upperBound) rows, or rolled back" } ?? "")"
    case .redis(let connection, let words): "\(connection.shown): \(Self.array(words))"
    case .redisScan(let connection, let pattern, let type, let most, let rate, let each):
      "\(connection.shown): each of \(Units.count(most)) keys \(SafeText(escaping: pattern, limit: 100))\(type.map { " (\(SafeText(escaping: $0)))" } ?? ""), \(Units.short(rate))/s: \(Self.array(each))"
    case .queue(let queue): queue.words
    case .http(let connection, let request):
      "\(connection.shown): \(SafeText(escaping: request.method)) \(SafeText(escaping: request.target, limit: 400))\(request.body.map { " \(SafeText(bytes: $0, limit: 400))" } ?? "")"
    case .ansible(let path, let inventory, let limit, let variables, _, _):
      "ansible-playbook -i \(SafeText(escaping: inventory, limit: 200)) \(SafeText(escaping: path, limit: 200))\(limit.isEmpty ? "" : " on \(Self.array(limit))") with \(RunValue.map(variables).shown)"
    case .kubectl(let context, let namespace, let argv):
      "kubectl --context \(SafeText(escaping: context, limit: 100))\(namespace.map { " -n \(SafeText(escaping: $0, limit: 100))" } ?? "") \(Self.array(argv))"
    case .assert: "compares"
    case .wait(let wait): wait.words
    case .approve(let approval): "asks \(approval.least) of the group \(SafeText(escaping: approval.group, limit: 60)) to approve"
    case .prompt(let text, let choices): "asks: \(SafeText(escaping: text, limit: 300)) \(Self.array(choices))"
    case .note(let text): SafeText(escaping: text, limit: 400)
    case .runbook(let id, let hash, let parameters):
      "the runbook \(SafeText(escaping: id)) (\(SafeText(escaping: hash, limit: 12))) with \(RunValue.map(parameters).shown)"
    }
  }

  /// Where it is done: a source, a host; empty for this machine.
  public var place: SafeText {
    switch self {
    case .sql(let connection, _, _, _), .redis(let connection, _), .redisScan(let connection, _, _, _, _, _), .http(let connection, _):
      connection.shown
    case .queue(let queue): queue.connection.shown
    case .ssh(let host, _, _, _): host.map { SafeText(escaping: $0, limit: 253) } ?? ""
    case .kubectl(let context, _, _): SafeText(escaping: context, limit: 100)
    default: ""
    }
  }

  static func array(_ texts: [String]) -> SafeText {
    SafeText(escaping: RunValue.list(texts.prefix(100).map { .text($0) }).json.compact(), limit: 1000)
  }

  private static func behind(_ arguments: [String]) -> SafeText { arguments.isEmpty ? "" : " with \(array(arguments))" }

  private static func behind(_ values: [RunValue]) -> SafeText {
    values.isEmpty ? "" : " with \(SafeText(escaping: RunValue.list(values).json.compact(), limit: 600))"
  }

  /// On one line.
  private static func lines(_ text: String) -> SafeText {
    let parts = text.split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " } }.filter { !$0.isEmpty }
    return SafeText(escaping: parts.joined(separator: " ⏎ "), limit: 800)
  }
}

extension ResolvedQueue {
  var words: SafeText {
    var parts: [SafeText] = ["\(SafeText(escaping: name.rawValue)) in \(connection.shown)"]
    if let source { parts.append("queue \(SafeText(escaping: source, limit: 100))") }
    if let ids { parts.append("\(Units.count(ids.count)) by name") }
    if let errorContains { parts.append("whose error contains \(SafeText(escaping: errorContains, limit: 100))") }
    if let task { parts.append("of task \(SafeText(escaping: task, limit: 100))") }
    if let olderThan { parts.append("older than \(Units.age(olderThan))") }
    if let most { parts.append("the \(isOldestFirst ? "oldest" : "newest") \(Units.count(most))") }
    if let size { parts.append("\(Units.count(size)) at a time") }
    if let perSecond { parts.append("\(Units.short(perSecond)) a second") }
    for (key, value) in arguments.sorted(by: { $0.key < $1.key }) {
      parts.append("\(SafeText(escaping: key, limit: 40)) \(SafeText(escaping: value, limit: 200))")
    }
    return SafeText.join(parts, ", ")
  }
}
