import OpsModel
import StrictYAML

extension RunbookReader {
  /// What a step does, by the key of its kind.
  mutating func action(_ name: String, _ node: YAMLNode, _ step: YAMLNode) -> StepAction? {
    switch name {
    case "queue": return queue(node)
    case "sql": return sql(node)
    case "redis": return redis(node)
    case "redis_scan": return redisScan(node)
    case "http": return http(node)
    case "cmd": return cmd(node)
    case "run": return script(node, "run").map { .run($0) }
    case "ssh": return ssh(node, step)
    case "ansible": return ansible(node)
    case "kubectl": return kubectl(node)
    case "assert", "wait", "approve", "prompt", "note", "runbook": return person(name, node)
    default:
      report(node, "\(SafeText(escaping: name)) is not known yet: cmd can call its own program")
      return nil
    }
  }

  mutating func connection(_ node: YAMLNode?) -> StepAction.Connection? {
    guard let node else { return nil }
    guard case .map = node else {
      return literal(node, "conn", instead: "a parameter of type host chooses among {group: NAME, host: ${{ params.host }}}")
        .map { StepAction.Connection(name: $0, host: nil) }
    }
    let found = object(node, "host_connection", "conn")
    guard let group = literal(found["group"], "group"), let host = template(found["host"], "host") else { return nil }
    let isHost = host.isWhole && host.expressions.flatMap(\.paths).allSatisfy { $0[0] == "params" || $0[0] == "host" }
    if !isHost { report(found["host"], "the host of a connection is a parameter of type host, or host.name") }
    return StepAction.Connection(name: group, host: host)
  }

  // MARK: Queues

  private mutating func queue(_ node: YAMLNode) -> StepAction? {
    let found = object(node, "queue", "queue")
    let words = QueueAction.Name.allCases.map(\.rawValue)
    let name = fields.word(found["action"], "action", of: words).flatMap { QueueAction.Name(rawValue: $0) }
    let connection = connection(found["conn"])
    let source = template(found["source"], "source")
    var selection = selection(found["select"])
    if let ids = found["ids"] { selection.ids = template(ids, "ids") }
    let pacing = pacing(found["batch"])
    let halt = halt(found["stop_if"])
    let arguments = templateMap(found["args"], "args")
    guard let name, let connection else { return nil }
    if found["select"] != nil, !name.isForLetters { report(found["select"], "\(SafeText(escaping: name.rawValue)) takes no selection") }
    if name.isForLetters, name != .count, selection.isEmpty {
      report(
        node,
        "\(SafeText(escaping: name.rawValue)) needs select with max, ids, task, error_contains or older_than: order alone would mean all")
    }
    if name.isForNamed, selection.ids == nil { report(node, "\(SafeText(escaping: name.rawValue)) needs ids: what is meant by name") }
    return .queue(
      QueueAction(
        name: name, connection: connection, source: source, selection: selection, pacing: pacing, halt: halt, arguments: arguments))
  }

  private mutating func selection(_ node: YAMLNode?) -> QueueAction.Selection {
    let found = object(node, "select", "select")
    var out = QueueAction.Selection()
    out.ids = template(found["ids"], "ids")
    out.errorContains = template(found["error_contains"], "error_contains")
    out.task = template(found["task"], "task")
    out.olderThan = template(found["older_than"], "older_than")
    out.most = template(found["max"], "max")
    out.isOldestFirst = fields.word(found["order"], "order", of: ["oldest", "newest"]) != "newest"
    return out
  }

  private mutating func pacing(_ node: YAMLNode?) -> QueueAction.Pacing {
    let found = object(node, "batch", "batch")
    var out = QueueAction.Pacing()
    out.size = whole(found["size"], "size", in: 1...10_000)
    out.perSecond = template(found["per_second"], "per_second")
    out.pause = seconds(found["between"], "between", in: 0...3600) ?? 0
    return out
  }

  private mutating func halt(_ node: YAMLNode?) -> QueueAction.Halt? {
    guard let node else { return nil }
    let found = object(node, "stop_if", "stop_if")
    var out = QueueAction.Halt()
    out.refailed = number(found["refailed_percent"], "refailed_percent", in: 0...100)
    out.readyDepth = whole(found["ready_depth"], "ready_depth", in: 1...1_000_000_000)
    out.window = seconds(found["window"], "window", in: 1...3600) ?? 60
    return out
  }

  // MARK: SQL, Redis, HTTP

  private mutating func sql(_ node: YAMLNode) -> StepAction? {
    let found = object(node, "sql", "sql")
    let connection = connection(found["conn"])
    let query = literal(found["query"], "query", instead: "write $1 there, and args: [\"${{ params.name }}\"]")
    let arguments = templates(found["args"], "args")
    if let query { placeholders(query, arguments.count, found["query"]) }
    let expected = object(found["expect"], "expect_rows", "expect")
    let rows = range(expected["rows_affected"])
    guard let connection, let query else { return nil }
    return .sql(StepAction.Statement(connection: connection, query: query, arguments: arguments, rows: rows))
  }

  /// Every `$n` has its value, and every value its place.
  private mutating func placeholders(_ query: String, _ given: Int, _ node: YAMLNode?) {
    var used: Set<Int> = []
    let bytes = Array(query.utf8)
    for index in bytes.indices where bytes[index] == UInt8(ascii: "$") {
      let digits = bytes[(index + 1)...].prefix { (0x30...0x39).contains($0) }
      if let number = Int(String(decoding: digits, as: UTF8.self)) { used.insert(number) }
    }
    if let missing = used.first(where: { $0 < 1 || $0 > given }) {
      report(node, "$\(missing) has no value: args has \(given)")
    } else if used.count < given {
      report(node, "args has \(given), and the statement uses \(used.count)")
    }
  }

  private mutating func range(_ node: YAMLNode?) -> ClosedRange<Int>? {
    guard let node, let text = literal(node, "rows_affected") else { return nil }
    let parts = text.split(separator: "-").map { Int($0) }
    if parts.count == 1, let number = parts[0], number >= 0 { return number...number }
    if parts.count == 2, let low = parts[0], let high = parts[1], low <= high { return low...high }
    report(node, "rows_affected is a number, or a range such as 1-20")
    return nil
  }

  /// Commands that the word behind them makes into others.
  private static let containers: Set<String> = [
    "ACL", "CLIENT", "CLUSTER", "COMMAND", "CONFIG", "FUNCTION", "LATENCY", "MEMORY", "MODULE", "OBJECT", "PUBSUB", "SCRIPT", "SLOWLOG",
    "XGROUP", "XINFO",
  ]
  /// Commands that are given a program.
  private static let programs: Set<String> = ["EVAL", "EVAL_RO", "EVALSHA", "EVALSHA_RO", "FCALL", "FCALL_RO"]
  private static let loaders: Set<String> = ["SCRIPT", "FUNCTION"]

  /// How many words of a command stand in the file as they are: what it does is nobody's parameter.
  private static func fixed(_ name: String) -> Int {
    loaders.contains(name) ? .max : containers.contains(name) || programs.contains(name) ? 2 : 1
  }

  /// The name of the command is fixed, and so is the word behind it that makes it another command, and a script.
  private mutating func command(_ node: YAMLNode?, _ key: SafeText) -> [Template] {
    let items = list(node, key)
    guard !items.isEmpty else {
      if node != nil { report(node, "\(key) is empty") }
      return []
    }
    guard let name = literal(items[0], "the command", instead: "arguments may be filled in, commands not") else { return [] }
    let shown = SafeText(escaping: name, limit: 20)
    let fixed = Self.fixed(name.uppercased())
    return [Template(literal: name)]
      + items.enumerated().dropFirst().compactMap { place, item in
        guard place < fixed else { return template(item, "an argument of \(shown)") }
        return literal(item, "what \(shown) does", instead: "its arguments may be filled in").map { Template(literal: $0) }
      }
  }

  private mutating func redis(_ node: YAMLNode) -> StepAction? {
    let found = object(node, "redis", "redis")
    let connection = connection(found["conn"])
    let command = command(found["cmd"], "cmd")
    guard let connection, !command.isEmpty else { return nil }
    return .redis(connection, command)
  }

  private mutating func redisScan(_ node: YAMLNode) -> StepAction? {
    let found = object(node, "redis_scan", "redis_scan")
    let connection = connection(found["conn"])
    let pattern = literal(found["match"], "match")
    let type = fields.word(found["type"], "type", of: ["string", "list", "set", "zset", "hash", "stream"])
    let most = whole(found["max_keys"], "max_keys", in: 1...10_000_000)
    let rate = number(found["per_second"], "per_second", in: 0.1...100_000) ?? 1000
    let each = command(found["each"], "each")
    if !each.isEmpty, !each.contains(where: { $0.source == "{key}" }) { report(found["each"], "each needs {key}: the key it is done to") }
    guard let connection, let pattern, let most, !each.isEmpty else { return nil }
    return .redisScan(StepAction.Scan(connection: connection, pattern: pattern, type: type, most: most, perSecond: rate, each: each))
  }

  private mutating func http(_ node: YAMLNode) -> StepAction? {
    let found = object(node, "http", "http")
    let connection = connection(found["conn"])
    let method = fields.word(found["method"], "method", of: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
    let path = template(found["path"], "path")
    if let path, path.source.first != "/", !path.isWhole { report(found["path"], "a path begins with /") }
    let query = map(found["query"], "query").compactMap { entry in
      template(entry.value, "\(SafeText(escaping: entry.key, limit: 60)) of query").map { (name: entry.key, value: $0) }
    }
    let json = found["json"].flatMap { body($0) }
    if json != nil, method == "GET" || method == "HEAD" { report(found["json"], "a request that only looks has no body") }
    let expected = list(found["expect"], "expect").compactMap { whole($0, "expect", in: 100...599) }
    guard let connection, let method, let path else { return nil }
    return .http(StepAction.Request(connection: connection, method: method, path: path, query: query, json: json, expected: expected))
  }

  private mutating func body(_ node: YAMLNode) -> StepAction.Body? {
    switch node {
    case .scalar(let text, let isQuoted, _):
      // Numbers and flags stay what they are, as in JSON.
      if !isQuoted, text.range(of: "${{") == nil, let plain = Self.plain(text) { return .plain(plain) }
      return template(node, "json").map { .value($0) }
    case .list(let items, _): return .list(items.compactMap { body($0) })
    case .map(let entries, _):
      var out: [String: StepAction.Body] = [:]
      for entry in entries { out[entry.key] = body(entry.value) }
      return .map(out)
    }
  }

  private static func plain(_ text: String) -> RunValue? {
    switch text {
    case "null", "~": .null
    case "true": .bool(true)
    case "false": .bool(false)
    default: Int(text).map { .int($0) } ?? Double(text).flatMap { $0.isFinite ? .number($0) : nil }
    }
  }
}

extension QueueAction.Selection {
  var isEmpty: Bool { ids == nil && errorContains == nil && task == nil && olderThan == nil && most == nil }
}
