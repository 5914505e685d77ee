import OpsModel
import StrictYAML

extension RunbookReader {
  mutating func document(_ node: YAMLNode) -> Runbook {
    var out = Runbook()
    let found = object(node, "runbook", "a runbook")
    _ = fields.word(found["apiVersion"], "apiVersion", of: ["runbook/v1"])
    head(found, &out)
    parameters(found["params"], &out)
    secrets(found["secrets"], &out)
    concurrency(found["concurrency"], &out)
    scope.all = Set(["steps", "on_failure", "finally"].flatMap { Self.ids(found[$0]) })
    out.preconditions = list(found["preconditions"], "preconditions").compactMap { check($0, "a precondition") }
    out.steps = steps(found["steps"], "steps")
    if found["steps"] != nil, list(found["steps"], "steps").isEmpty { report(found["steps"], "steps is empty: there is nothing to do") }
    out.onFailure = steps(found["on_failure"], "on_failure")
    out.finally = steps(found["finally"], "finally")
    return out
  }

  private mutating func head(_ found: [String: YAMLNode], _ out: inout Runbook) {
    if let id = literal(found["id"], "id") {
      let isSlug = id.utf8.count <= 63 && id.first?.isLetterOrDigit == true && id.allSatisfy { $0.isLetterOrDigit || $0 == "-" }
      if !isSlug { report(found["id"], "an id has small letters, digits and -, 63 at most") }
      out.id = id
    }
    out.title = SafeText(escaping: literal(found["title"], "title") ?? "", limit: 120)
    let lines = (literal(found["description"], "description") ?? "").split(separator: "\n", omittingEmptySubsequences: false)
    out.description = lines.prefix(100).map { SafeText(escaping: String($0), limit: 400) }
    if out.description.last?.isEmpty ?? false { out.description.removeLast() }
    out.owner = SafeText(escaping: literal(found["owner"], "owner") ?? "", limit: 60)
    out.version = whole(found["version"], "version", in: 1...1_000_000) ?? 1
    out.kind =
      fields.word(found["class"], "class", of: Runbook.Kind.allCases.map(\.rawValue)).flatMap { Runbook.Kind(rawValue: $0) } ?? .mutate
    looksOnly = out.kind == .diagnose
    out.risk = fields.word(found["risk"], "risk", of: Runbook.Risk.allCases.map(\.rawValue)).flatMap { Runbook.Risk(rawValue: $0) } ?? .high
    out.environments = list(found["environments"], "environments").compactMap { environment($0) }
    out.alerts = list(found["alerts"], "alerts").compactMap { alert($0) }
    out.timeout = seconds(found["timeout"], "timeout", in: 1...FormatSpec.longest) ?? 3600
    out.planLife = seconds(found["plan_ttl"], "plan_ttl", in: 10...FormatSpec.longest) ?? 600
    let word = fields.word(found["on_disconnect"], "on_disconnect", of: Runbook.Disconnect.allCases.map(\.rawValue))
    out.onDisconnect = word.flatMap { Runbook.Disconnect(rawValue: $0) } ?? .finishStep
  }

  private mutating func environment(_ node: YAMLNode) -> Environment? {
    switch fields.word(node, "environment", of: FormatSpec.environments) {
    case "prod", "production": .production
    case "staging": .staging
    case "dev", "development": .development
    default: nil
    }
  }

  private mutating func alert(_ node: YAMLNode) -> AlertMatch? {
    if case .scalar(let name, _, _) = node { return AlertMatch(name: name, labels: [:]) }
    let found = object(node, "alert", "an alert")
    var labels: [String: String] = [:]
    for entry in map(found["labels"], "labels") { labels[entry.key] = literal(entry.value, "a label") }
    return literal(found["name"], "name").map { AlertMatch(name: $0, labels: labels) }
  }

  private mutating func concurrency(_ node: YAMLNode?, _ out: inout Runbook) {
    out.lock = Template(literal: "runbook:\(out.id)")
    let found = object(node, "concurrency", "concurrency")
    let outer = scope
    // The lock is taken before any step.
    scope.steps = [:]
    if let lock = template(found["lock"], "lock") {
      if lock.expressions.flatMap(\.paths).contains(where: { $0[0] != "params" }) {
        report(found["lock"], "a lock is made of parameters alone")
      }
      out.lock = lock
      out.namesLock = true
    }
    scope = outer
    out.lockConnection = literal(found["conn"], "conn")
    let word = fields.word(found["on_conflict"], "on_conflict", of: Runbook.Conflict.allCases.map(\.rawValue))
    out.onConflict = word.flatMap { Runbook.Conflict(rawValue: $0) } ?? .fail
  }

  private mutating func secrets(_ node: YAMLNode?, _ out: inout Runbook) {
    for entry in map(node, "secrets") {
      let what: SafeText = "the secret \(SafeText(escaping: entry.key, limit: 60))"
      if case .scalar = entry.value {
        report(entry.value, "\(what) stands here in plain text: say where it comes from, {from: {env: NAME}, hosts: [name]}")
        continue
      }
      let found = object(entry.value, "secret", what)
      let hosts = list(found["hosts"], "hosts").compactMap { literal($0, "a host") }
      guard let from = origin(found["from"], what) else { continue }
      out.secrets.append(SecretSource(name: entry.key, from: from, hosts: hosts))
      scope.secrets.insert(entry.key)
    }
  }

  private mutating func origin(_ node: YAMLNode?, _ what: SafeText) -> SecretSource.From? {
    let found = object(node, "secret_from", "from of \(what)")
    guard let node else { return nil }
    guard found.count == 1 else {
      report(node, "\(what) comes from one of env, file and cmd")
      return nil
    }
    if let name = literal(found["env"], "env") { return .env(name) }
    if let path = literal(found["file"], "file") { return .file(path) }
    let argv = list(found["cmd"], "cmd").compactMap { literal($0, "an entry of cmd") }
    return argv.isEmpty ? nil : .command(argv)
  }

  /// Ids of a list of steps, as far as they can be read.
  private static func ids(_ node: YAMLNode?) -> [String] {
    guard case .list(let items, _) = node else { return [] }
    return items.compactMap { item in
      guard case .map(let entries, _) = item, case .scalar(let id, _, _) = entries.first(where: { $0.key == "id" })?.value else {
        return nil
      }
      return id
    }
  }
}

extension Character {
  /// Of an id: small letters and digits of ASCII.
  var isLetterOrDigit: Bool { isASCII && (("a"..."z").contains(self) || ("0"..."9").contains(self)) }
}
