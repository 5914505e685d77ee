public import OpsModel

extension StepAction {
  /// What stands in the file, for a plan that does not know the values of earlier steps yet.
  public var sketch: SafeText {
    switch self {
    case .cmd(let argv, _, _): ResolvedAction.array(argv.map(\.source))
    case .run(let script): Self.line(script.text)
    case .ssh(let script, _): Self.line(script.text)
    case .sql(let statement): "\(statement.connection.shown): \(Self.line(statement.query))"
    case .redis(let connection, let words): "\(connection.shown): \(ResolvedAction.array(words.map(\.source)))"
    case .redisScan(let scan):
      "\(scan.connection.shown): \(ResolvedAction.array(scan.each.map(\.source))) for each key \(Self.line(scan.pattern))"
    case .queue(let queue): "\(SafeText(escaping: queue.name.rawValue)) in \(queue.connection.shown)"
    case .http(let request): "\(request.connection.shown): \(SafeText(escaping: request.method)) \(Self.line(request.path.source))"
    case .ansible(let playbook): "ansible-playbook \(Self.line(playbook.path))"
    case .kubectl(let argv, _, _): "kubectl \(ResolvedAction.array(argv.map(\.source)))"
    case .assert: "compares"
    case .wait(let wait): wait.words
    case .approve(let approval): "asks \(approval.least) of the group \(SafeText(escaping: approval.group, limit: 60)) to approve"
    case .prompt(let text, _): "asks: \(Self.line(text.source))"
    case .note(let text): Self.line(text.source)
    case .runbook(let id, _, _): "the runbook \(SafeText(escaping: id, limit: 63))"
    }
  }

  /// Servers that it names.
  public var connection: Connection? {
    switch self {
    case .sql(let statement): statement.connection
    case .redis(let connection, _): connection
    case .redisScan(let scan): scan.connection
    case .queue(let queue): queue.connection
    case .http(let request): request.connection
    default: nil
    }
  }

  /// Whether that it only reads is the author's word alone.
  public var isClaimed: Bool {
    switch self {
    case .cmd, .run, .ssh, .ansible: true
    case .wait(let wait): wait.probe?.action.isClaimed ?? false
    default: false
    }
  }

  private static func line(_ text: String) -> SafeText {
    SafeText(escaping: text.split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " } }.joined(separator: " ⏎ "), limit: 400)
  }
}

extension StepAction.Wait {
  /// With what it looks again and again.
  public var words: SafeText {
    let looks: SafeText = probe.map { "; looks by \(SafeText(escaping: $0.action.name)): \($0.action.sketch)" } ?? ""
    return "waits, \(Units.age(timeout)) at most\(looks)"
  }
}

extension StepAction.Connection {
  public var shown: SafeText { SafeText(escaping: host.map { "\(name)/\($0.source)" } ?? name, limit: 100) }
}
