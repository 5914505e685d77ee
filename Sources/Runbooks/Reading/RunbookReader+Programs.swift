import OpsModel
import StrictYAML

extension RunbookReader {
  /// The program is fixed; what follows is data.
  private mutating func argv(_ node: YAMLNode?, _ what: SafeText) -> [Template] {
    let items = list(node, "argv")
    guard let first = items.first else {
      if node != nil { report(node, "argv is empty") }
      return []
    }
    guard let program = literal(first, what, instead: "arguments may be filled in, \(what) not") else { return [] }
    return [Template(literal: program)] + items.dropFirst().compactMap { item in open(template(item, "an argument"), item) }
  }

  /// Arguments stand in the list of processes, for everybody on the machine.
  private mutating func open(_ template: Template?, _ node: YAMLNode?) -> Template? {
    guard let template,
      let name = scope.sensitive.sorted().first(where: { name in template.expressions.contains { $0.names(parameter: name) } })
    else { return template }
    report(
      node,
      "\(SafeText(escaping: name)) is sensitive, and everybody can read arguments: it stands in the environment as P_\(SafeText(escaping: name.uppercased())), or goes to stdin"
    )
    return nil
  }

  mutating func cmd(_ node: YAMLNode) -> StepAction? {
    let found = object(node, "cmd", "cmd")
    let argv = argv(found["argv"], "the program")
    let stdin = template(found["stdin"], "stdin")
    let env = templateMap(found["env"], "env")
    for name in env.keys.sorted() where !Self.isVariable(name) {
      report(found["env"], "\(SafeText(escaping: name, limit: 60)) is no name of a variable, or one that runs programs")
    }
    return argv.isEmpty ? nil : .cmd(argv: argv, stdin: stdin, env: env)
  }

  /// Capital letters, digits and `_`, and none by which a linker or a shell runs something else.
  private static func isVariable(_ name: String) -> Bool {
    let isName =
      name.first.map { ("A"..."Z").contains($0) || $0 == "_" } == true
      && name.allSatisfy { ("A"..."Z").contains($0) || ("0"..."9").contains($0) || $0 == "_" }
    let dangerous = [
      "LD_", "DYLD_", "BASH_", "PYTHON", "PERL", "RUBY", "NODE_OPTIONS", "ENV", "IFS", "SHELLOPTS", "PATH", "PS4", "GCONV_PATH",
    ]
    return isName && !dangerous.contains { name.hasPrefix($0) }
  }

  mutating func script(_ node: YAMLNode, _ kind: String) -> StepAction.Script? {
    let found = object(node, kind, SafeText(escaping: kind))
    let text = if case .scalar(let text, _, _)? = found["script"] { text } else { "" }
    let way: SafeText =
      text.contains("host.name")
      ? "write \"$1\" there, and args: [\"${{ host.name }}\"]"
      : kind == "run"
        ? "each parameter stands in its environment as \"$P_NAME\"" : "write \"$1\" there, and args: [\"${{ params.name }}\"]"
    if let name = FormatHints.unfilled(text) {
      report(found["script"], "no shell knows ${\(name)}: \(FormatHints.inScript(name.text, kind))")
    }
    let shell = fields.word(found["shell"], "shell", of: ["bash", "sh"]) ?? (kind == "ssh" ? "sh" : "bash")
    let arguments = templates(found["args"], "args")
    // Those of ssh go by standard input.
    if kind == "run" { for argument in arguments { _ = open(argument, found["args"]) } }
    return literal(found["script"], "script", instead: way).map { StepAction.Script(shell: shell, text: $0, arguments: arguments) }
  }

  mutating func ssh(_ node: YAMLNode, _ step: YAMLNode) -> StepAction? {
    let found = object(node, "ssh", "ssh")
    let host = template(found["host"], "host")
    if host == nil, !scope.hasHost { report(node, "ssh needs a host: hosts beside it, or host in it") }
    return script(node, "ssh").map { .ssh($0, hosts: host) }
  }

  mutating func ansible(_ node: YAMLNode) -> StepAction? {
    let found = object(node, "ansible", "ansible")
    let playbook = literal(found["playbook"], "playbook")
    if let playbook, playbook.hasPrefix("/") || playbook.split(separator: "/").contains("..") || playbook.hasPrefix("-") {
      report(found["playbook"], "a playbook is a file beside the runbook, or below it")
    }
    let inventory = literal(found["inventory"], "inventory")
    let limit = template(found["limit"], "limit")
    let variables = templateMap(found["vars"], "vars")
    let isChecked = fields.flag(found["check"], "check") ?? true
    let showsDifference = fields.flag(found["diff"], "diff") ?? true
    guard let playbook, let inventory else { return nil }
    return .ansible(
      StepAction.Playbook(
        path: playbook, inventory: inventory, limit: limit, variables: variables, isChecked: isChecked, showsDifference: showsDifference))
  }

  mutating func kubectl(_ node: YAMLNode) -> StepAction? {
    let found = object(node, "kubectl", "kubectl")
    let context = open(template(found["context"], "context"), found["context"])
    let namespace = open(template(found["namespace"], "namespace"), found["namespace"])
    let argv = argv(found["argv"], "the verb")
    guard let context, !argv.isEmpty else { return nil }
    return .kubectl(argv: argv, context: context, namespace: namespace)
  }

  // MARK: People

  mutating func person(_ name: String, _ node: YAMLNode) -> StepAction? {
    switch name {
    case "assert":
      let found = object(node, "assert", "assert")
      let message = literal(found["message"], "message").map { SafeText(escaping: $0, limit: 200) }
      // A look in the wrong place was reported: what is made of it is not wrong for that.
      if Self.looksItself(found) { return nil }
      return expression(found["that"], "that").map { .assert($0, message: message) }
    case "wait": return wait(node)
    case "approve":
      let found = object(node, "approve", "approve")
      let approval = StepAction.Approval(
        least: whole(found["min"], "min", in: 1...10) ?? 1, group: literal(found["group"], "group") ?? "",
        notInitiator: fields.flag(found["not_initiator"], "not_initiator") ?? true,
        timeout: seconds(found["timeout"], "timeout", in: 1...FormatSpec.longest) ?? 600)
      return approval.group.isEmpty ? nil : .approve(approval)
    case "prompt":
      let found = object(node, "prompt", "prompt")
      let choices = list(found["choices"], "choices").compactMap { literal($0, "a choice") }
      if found["choices"] != nil, choices.isEmpty { report(found["choices"], "nothing can be answered") }
      return template(found["text"], "text").map { .prompt(text: $0, choices: choices) }
    case "note": return template(node, "note").map { .note($0) }
    default: return call(node)
    }
  }

  private static func looksItself(_ found: [String: YAMLNode]) -> Bool { FormatSpec.looks.contains { found[$0] != nil } }

  private mutating func wait(_ node: YAMLNode) -> StepAction? {
    let found = object(node, "wait", "wait")
    let probe = found["probe"].flatMap { self.probe($0, "probe") }
    let outer = scope
    if let probe { scope.probe = ScopeSketch.Known(action: probe.action, outputs: Self.kinds(probe.outputs)) }
    // A look that could not be read is reported by itself; what is made of it is not wrong for that.
    let isReadable = (found["probe"] == nil || probe != nil) && !Self.looksItself(found)
    let until = isReadable ? expression(found["until"], "until") : nil
    scope = outer
    let every = seconds(found["every"], "every", in: 0.1...3600) ?? 5
    let hold = seconds(found["hold"], "hold", in: 0...FormatSpec.longest) ?? 0
    let timeout = seconds(found["timeout"], "timeout", in: 0.1...FormatSpec.longest)
    if let timeout, hold >= timeout { report(found["hold"], "it can never stay so for \(Units.age(hold)) within \(Units.age(timeout))") }
    guard let until, let timeout else { return nil }
    return .wait(StepAction.Wait(probe: probe, until: until, every: every, hold: hold, timeout: timeout))
  }

  private mutating func call(_ node: YAMLNode) -> StepAction? {
    let found = object(node, "runbook_call", "runbook")
    let id = literal(found["id"], "id")
    let hash = literal(found["hash"], "hash")
    if let hash, hash.utf8.count != 64 || !hash.allSatisfy({ $0.isHexDigit && !$0.isUppercase }) {
      report(found["hash"], "a hash has 64 small hexadecimal digits: opsconsole runbook list prints it")
    }
    let parameters = templateMap(found["params"], "params")
    guard let id, let hash else { return nil }
    return .runbook(id: id, hash: hash, parameters: parameters)
  }
}
