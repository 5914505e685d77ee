import Gate
import OpsModel
import StrictYAML

extension RunbookReader {
  mutating func steps(_ node: YAMLNode?, _ key: SafeText) -> [Step] {
    list(node, key).compactMap { step($0, "a step") }
  }

  private mutating func step(_ node: YAMLNode, _ what: SafeText) -> Step? {
    let found = object(node, "step", what)
    guard case .map = node else { return nil }
    let id = name(found["id"], "id") ?? ""
    var out = Step(id: id, mark: node.mark)
    out.condition = expression(found["if"], "if")
    hosts(found, node, &out)
    let outer = scope
    scope.hasHost = scope.hasHost || out.hosts != nil
    if let (name, value) = kind(found, node, isGroup: found["per_host"] != nil) { out.action = action(name, value, node) }
    limits(found, &out)
    mode(found, node, &out)
    out.retry = retry(found["retry"], out)
    out.outputs = outputs(found["outputs"])
    // What is done for each host leaves many answers, and no single one.
    let isOnMany = out.hosts != nil
    let known = ScopeSketch.Known(
      action: isOnMany ? nil : out.action, outputs: isOnMany ? ["failed": .list, "hosts": .int] : Self.kinds(out.outputs))
    out.verify = found["verify"].flatMap { check($0, "verify") }
    out.preview = found["preview"].flatMap { probe($0, "preview") }
    out.perHost = steps(found["per_host"], "per_host")
    out.perHostFinally = steps(found["per_host_finally"], "per_host_finally")
    goCarefully(found["strategy"], &out)
    scope = outer
    if !id.isEmpty { scope.steps[id] = known }
    return out
  }

  /// Takes a name that is not taken.
  mutating func name(_ node: YAMLNode?, _ key: SafeText) -> String? {
    guard let node, let text = literal(node, key) else { return nil }
    guard Self.isName(text) else {
      let near = String(text.lowercased().map { $0 == "-" || $0 == " " ? "_" : $0 })
      let hint: SafeText = Self.isName(near) ? ": \(SafeText(escaping: near, limit: 60))" : ""
      report(node, "\(key) has small letters, digits and _, and begins with a letter\(hint)")
      return nil
    }
    if let first = names.updateValue(node.mark, forKey: text) {
      report(node, "\(SafeText(escaping: text)) is taken by the step in line \(first.line)")
    }
    return text
  }

  /// The one kind of a step.
  private mutating func kind(_ found: [String: YAMLNode], _ node: YAMLNode, isGroup: Bool) -> (String, YAMLNode)? {
    let present = FormatSpec.actions.map(\.name).filter { found[$0] != nil }
    if isGroup {
      if let extra = present.first { report(found[extra], "per_host stands in place of \(SafeText(escaping: extra)): one of both") }
      if found["hosts"] == nil { report(node, "per_host needs hosts") }
      return nil
    }
    guard let first = present.first, let value = found[first] else {
      let known = FormatSpec.actions.map(\.name).filter { $0 != "rundeck" }.joined(separator: " ")
      report(node, "a step does one of \(SafeText(escaping: known))")
      return nil
    }
    if present.count > 1 {
      report(found[present[1]], "a step does one thing: \(SafeText(escaping: first)) stands there already")
    }
    return (first, value)
  }

  private mutating func hosts(_ found: [String: YAMLNode], _ node: YAMLNode, _ out: inout Step) {
    out.hosts = template(found["hosts"], "hosts")
    if let hosts = out.hosts {
      let kind = (try? hosts.kind(in: scope)) ?? .any
      if !hosts.isWhole || (kind != .list && kind != .any) { report(found["hosts"], Self.hostsMessage(hosts.source)) }
    }
    for key in ["strategy", "per_host_finally"] where found[key] != nil && found["hosts"] == nil {
      report(found[key], "\(SafeText(escaping: key)) needs hosts")
    }
    guard let strategy = found["strategy"] else { return }
    out.strategy = self.strategy(strategy)
  }

  private static func hostsMessage(_ text: String) -> SafeText {
    guard text.hasPrefix("inventory:") else { return "hosts is a list, such as ${{ params.hosts }}" }
    let group = SafeText(escaping: text, limit: 80)
    return
      "hosts takes a parameter: params: {hosts: {type: hosts, source: \"\(group)\", required: true}}, and here hosts: \"${{ params.hosts }}\""
  }

  private mutating func strategy(_ node: YAMLNode) -> Strategy {
    let found = object(node, "strategy", "strategy")
    var out = Strategy()
    if found["batches"] != nil { out.batches = list(found["batches"], "batches").compactMap { batch($0) } }
    out.parallel = whole(found["parallel"], "parallel", in: 1...100) ?? Strategy.usual
    out.failures = whole(found["max_failures"], "max_failures", in: 0...10_000) ?? 0
    out.pause = seconds(found["between"], "between", in: FormatSpec.times) ?? 0
    out.gate = list(found["gate"], "gate").compactMap { check($0, "a gate") }
    return out
  }

  /// Hosts that something is changed on go one at a time, unless the author says how many at once: by `parallel`, or by `batches`.
  private func goCarefully(_ strategy: YAMLNode?, _ out: inout Step) {
    guard out.hosts != nil, out.changes else { return }
    if case .map(let entries, _)? = strategy, entries.contains(where: { $0.key == "parallel" || $0.key == "batches" }) { return }
    out.strategy.parallel = 1
  }

  private mutating func batch(_ node: YAMLNode) -> Strategy.Size? {
    guard let text = literal(node, "a batch") else { return nil }
    if let count = Int(text), (1...10_000).contains(count) { return .count(count) }
    if text.hasSuffix("%"), let share = Double(text.dropLast()), share > 0, share <= 100 { return .percent(share) }
    report(node, "a batch is a number of hosts or a share of them: 1, \"25%\"")
    return nil
  }

  private mutating func limits(_ found: [String: YAMLNode], _ out: inout Step) {
    out.timeout = seconds(found["timeout"], "timeout", in: 0.1...FormatSpec.longest) ?? 60
    out.killAfter = seconds(found["kill_after"], "kill_after", in: 0...600) ?? 10
    out.isIdempotent = fields.flag(found["idempotent"], "idempotent") ?? false
    out.continuesOnError = fields.flag(found["continue_on_error"], "continue_on_error") ?? false
    out.raisesConfirmation = fields.flag(found["confirm"], "confirm") ?? false
  }

  private mutating func mode(_ found: [String: YAMLNode], _ node: YAMLNode, _ out: inout Step) {
    let word = fields.word(found["mode"], "mode", of: ["read", "write"])
    let isClear = out.action?.isLook ?? false
    out.isRead = word == "read" || isClear
    if word == "read", out.action?.isChange == true { report(found["mode"], "this changes something, whatever the mode says") }
    if looksOnly, !out.isRead, out.action != nil {
      report(node, "a runbook of class diagnose only looks: mode: read, or class: mutate")
    }
  }

  private mutating func retry(_ node: YAMLNode?, _ step: Step) -> Retry? {
    guard let node else { return nil }
    let found = object(node, "retry", "retry")
    var out = Retry()
    out.most = whole(found["max"], "max", in: 0...20) ?? 0
    out.delay = seconds(found["delay"], "delay", in: 0...3600) ?? 1
    out.factor = number(found["factor"], "factor", in: 1...10) ?? 2
    out.longest = seconds(found["max_delay"], "max_delay", in: 0...3600) ?? 60
    out.hasJitter = fields.word(found["jitter"], "jitter", of: ["full", "none"]) != "none"
    if found["on"] != nil { out.reasons = list(found["on"], "on").compactMap { reason($0) } }
    let isSafe = step.isRead || step.isIdempotent || out.reasons.allSatisfy { $0 == .notSent }
    if !isSafe {
      report(found["on"] ?? node, "a change may be tried again on not_sent alone, unless the step says idempotent: true")
    }
    return out
  }

  private mutating func reason(_ node: YAMLNode) -> Retry.Reason? {
    guard let text = literal(node, "an entry of on") else { return nil }
    let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
    switch (parts.first, parts.count > 1 ? parts[1] : nil) {
    case ("timeout", nil): return .timeout
    case ("not_sent", nil): return .notSent
    case ("exit", let code?): if let number = Int(code), (1...255).contains(number) { return .exit(number) }
    case ("http", let code?): if let number = Int(code), (100...599).contains(number) { return .http(number) }
    case ("sqlstate", let code?): if code.utf8.count == 5 { return .sqlstate(code) }
    default: break
    }
    report(node, "known are timeout, not_sent, exit:75, http:503, sqlstate:40001")
    return nil
  }

  // MARK: Looks

  mutating func outputs(_ node: YAMLNode?) -> [Output] {
    map(node, "outputs").compactMap { entry in
      guard Self.isName(entry.key) else {
        fields.report(entry.keyMark, "an output's name has small letters, digits and _, and begins with a letter")
        return nil
      }
      let found = object(entry.value, "output", "the output \(SafeText(escaping: entry.key))")
      let from = fields.word(found["from"], "from", of: Output.From.allCases.map(\.rawValue)).flatMap { Output.From(rawValue: $0) }
      let type = fields.word(found["type"], "type", of: ["string", "int", "float", "bool", "list"])
      let kinds: [String: ValueKind] = ["int": .int, "float": .number, "bool": .bool, "list": .list]
      let path = (literal(found["path"], "path") ?? "").split(separator: ".").map(String.init)
      let usual: ValueKind = from == .status ? .int : .text
      return from.map { Output(name: entry.key, from: $0, path: path, kind: type.map { kinds[$0] ?? .text } ?? usual) }
    }
  }

  static func kinds(_ outputs: [Output]) -> [String: ValueKind] {
    Dictionary(outputs.map { ($0.name, $0.kind) }, uniquingKeysWith: { first, _ in first })
  }

  mutating func probe(_ node: YAMLNode, _ what: SafeText, from given: [String: YAMLNode]? = nil) -> Probe? {
    let found = given ?? object(node, "probe", what)
    if found["id"] != nil, given == nil { _ = name(found["id"], "id") }
    _ = fields.word(found["mode"], "mode", of: ["read"])
    let present = FormatSpec.looks.filter { found[$0] != nil }
    guard let first = present.first, let value = found[first] else {
      if case .map = node { report(node, "\(what) looks by one of \(SafeText(escaping: FormatSpec.looks.joined(separator: " ")))") }
      return nil
    }
    if present.count > 1 { report(found[present[1]], "\(what) looks once: \(SafeText(escaping: first)) stands there already") }
    guard let action = action(first, value, node) else { return nil }
    if action.isChange { report(value, "\(what) only looks, and this changes something") }
    return Probe(
      action: action, outputs: outputs(found["outputs"]),
      timeout: seconds(found["timeout"], "timeout", in: 0.1...3600) ?? 10, mark: node.mark)
  }

  mutating func check(_ node: YAMLNode, _ what: SafeText) -> Check? {
    let found = object(node, "check", what)
    guard case .map = node else { return nil }
    let id = found["id"].flatMap { name($0, "id") } ?? ""
    let message = literal(found["message"], "message").map { SafeText(escaping: $0, limit: 200) }
    if let assert = found["assert"] {
      let inner = object(assert, "assert", "assert")
      guard let that = expression(inner["that"], "that") else { return nil }
      let said = literal(inner["message"], "message").map { SafeText(escaping: $0, limit: 200) }
      return Check(id: id, probe: nil, that: that, message: said ?? message, mark: node.mark)
    }
    guard let probe = probe(node, what, from: found) else { return nil }
    let outer = scope
    scope.probe = ScopeSketch.Known(action: probe.action, outputs: Self.kinds(probe.outputs))
    // A look with a name may be named like a step.
    if !id.isEmpty, let known = scope.probe { scope.steps[id] = known }
    defer {
      let known = scope.probe
      scope = outer
      if !id.isEmpty, let known { scope.steps[id] = known }
    }
    guard found["that"] != nil else {
      report(node, "\(what) needs that: what must be so")
      return nil
    }
    guard let that = expression(found["that"], "that") else { return nil }
    return Check(id: id, probe: probe, that: that, message: message, mark: node.mark)
  }
}
