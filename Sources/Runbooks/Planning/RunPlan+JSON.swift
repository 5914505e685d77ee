import OpsModel

extension RunPlan {
  /// The bytes of `frozen.txt`: one item a line behind the path of its step. Apart from the plan, which stays small that way.
  public var frozenDocument: [UInt8] {
    var out: [UInt8] = []
    for (path, items) in frozen.sorted(by: { $0.key < $1.key }) {
      for item in items { out += Array("\(path)\t\(item)\n".utf8) }
    }
    return out
  }

  /// Takes up what `frozenDocument` wrote. Steps whose lists were empty have empty ones again.
  public mutating func take(frozen document: [UInt8]) {
    for line in document.split(separator: 0x0A) {
      guard let tab = line.firstIndex(of: 0x09) else { continue }
      frozen[String(decoding: line[..<tab], as: UTF8.self), default: []].append(String(decoding: line[(tab + 1)...], as: UTF8.self))
    }
  }

  /// The bytes of `plan.json`: everything comes back from it but the frozen items.
  public var document: [UInt8] { Array((value.exact.compact() + "\n").utf8) }

  /// - Returns: nil for what `document` did not write.
  public init?(document: [UInt8]) {
    guard case .map(let map)? = RunValue.exact(document[...]) else { return nil }
    func text(_ key: String) -> String { if case .text(let text)? = map[key] { text } else { "" } }
    self.init()
    id = text("id")
    title = SafeText(escaping: text("title"), limit: 400)
    fileHash = text("file_hash")
    file = text("file")
    environment = text("environment")
    risk = Runbook.Risk(rawValue: text("risk")) ?? .high
    lock = text("lock")
    lockReach = SafeText(escaping: text("lock_reach"), limit: 400)
    configuration = text("configuration")
    configurationHash = text("configuration_hash")
    sensitiveSalt = text("sensitive_salt")
    sensitiveDigest = text("sensitive_digest")
    needsTyping = map["needs_typing"] == .bool(true)
    written = text("hash")
    if case .map(let found)? = map["files"] { files = found.compactMapValues { if case .text(let text) = $0 { text } else { nil } } }
    if case .int(let number)? = map["version"] { version = number }
    if case .map(let found)? = map["parameters"] { parameters = found }
    sensitive = Self.texts(map["sensitive"])
    if case .int(let number)? = map["items"] { counted = number }
    for path in Self.texts(map["frozen"]) { frozen[path] = [] }
    if case .map(let found)? = map["called"] { called = found.compactMapValues { if case .text(let text) = $0 { text } else { nil } } }
    company = Self.texts(map["company"]).map { SafeText(escaping: $0, limit: 200) }
    warnings = Self.texts(map["warnings"]).map { SafeText(escaping: $0, limit: 4000) }
    if case .text(let found)? = map["alert"] { alert = found }
    continues = map["continues"].flatMap { Continuation($0) }
    at = map["at"]?.double ?? 0
    life = map["life"]?.double ?? 600
    if let seconds = map["made_steady"]?.double { madeAt = SteadyTime(seconds: seconds, boot: text("made_boot")) }
    guard let person = map["by"].flatMap(Self.person), !id.isEmpty else { return nil }
    by = person
    if case .list(let list)? = map["steps"] { steps = list.compactMap(Self.step) }
    if case .list(let list)? = map["conditions"] { conditions = list.compactMap(Self.condition) }
  }

  private var value: RunValue {
    .map([
      "v": .int(1), "id": .text(id), "title": .text(title.text), "version": .int(version), "file_hash": .text(fileHash),
      "file": .text(file),
      "environment": .text(environment), "risk": .text(risk.rawValue), "parameters": .map(parameters), "lock": .text(lock),
      "lock_reach": .text(lockReach.text),
      "configuration": .text(configuration), "configuration_hash": .text(configurationHash), "files": .map(files.mapValues { .text($0) }),
      "sensitive_salt": .text(sensitiveSalt), "sensitive_digest": .text(sensitiveDigest), "needs_typing": .bool(needsTyping),
      "items": .int(items), "sensitive": .list(sensitive.map { .text($0) }), "frozen": .list(frozen.keys.sorted().map { .text($0) }),
      "called": .map(called.mapValues { .text($0) }), "company": .list(company.map { .text($0.text) }),
      "warnings": .list(warnings.map { .text($0.text) }), "alert": alert.map { .text($0) } ?? .null, "at": .number(at),
      "life": .number(life), "made_steady": madeAt.map { .number($0.seconds) } ?? .null, "made_boot": .text(madeAt?.boot ?? ""),
      "continues": continues?.value ?? .null,
      "by": .map([
        "name": .text(by.name), "uid": .int(by.uid), "login_uid": by.loginUID.map { .int($0) } ?? .null,
        "sudo_uid": by.sudoUID.map { .int($0) } ?? .null,
      ]),
      "steps": .list(steps.map(Self.value)), "hash": .text(hash),
      "conditions": .list(
        conditions.map {
          .map(["id": .text($0.id), "holds": $0.holds.map { .bool($0) } ?? .null, "message": .text($0.message.text)])
        }),
    ])
  }

  private static func value(_ step: Step) -> RunValue {
    .map([
      "path": .text(step.path), "kind": .text(step.kind), "words": .text(step.words.text), "guarantee": .text(step.guarantee.text),
      "done": .bool(step.isDone), "read": .bool(step.isRead), "claimed": .bool(step.isClaimed),
      "targets": step.targets.map { .int($0) } ?? .null,
      "hosts": step.hosts.map { .int($0) } ?? .null, "at_once": step.atOnce.map { .int($0) } ?? .null,
      "notes": .list(step.notes.map { .text($0.text) }), "problem": step.problem.map { .text($0.text) } ?? .null,
    ])
  }

  private static func texts(_ value: RunValue?) -> [String] {
    guard case .list(let list)? = value else { return [] }
    return list.compactMap { if case .text(let text) = $0 { text } else { nil } }
  }

  private static func person(_ value: RunValue) -> Person? {
    guard case .map(let map) = value, case .text(let name)? = map["name"], case .int(let uid)? = map["uid"] else { return nil }
    var login: Int?
    if case .int(let number)? = map["login_uid"] { login = number }
    var person = Person(name: name, uid: uid, loginUID: login)
    if case .int(let number)? = map["sudo_uid"] { person.sudoUID = number }
    return person
  }

  private static func step(_ value: RunValue) -> Step? {
    guard case .map(let map) = value, case .text(let path)? = map["path"], case .text(let kind)? = map["kind"] else { return nil }
    func text(_ key: String) -> SafeText? { if case .text(let text)? = map[key] { SafeText(escaping: text, limit: .max) } else { nil } }
    var out = Step(
      path: path, kind: kind, words: text("words") ?? "", guarantee: text("guarantee") ?? "", isRead: map["read"] == .bool(true))
    out.isClaimed = map["claimed"] == .bool(true)
    out.isDone = map["done"] == .bool(true)
    if case .int(let count)? = map["targets"] { out.targets = count }
    if case .int(let count)? = map["hosts"] { out.hosts = count }
    if case .int(let count)? = map["at_once"] { out.atOnce = count }
    out.notes = texts(map["notes"]).map { SafeText(escaping: $0, limit: .max) }
    out.problem = text("problem")
    return out
  }

  private static func condition(_ value: RunValue) -> Condition? {
    guard case .map(let map) = value, case .text(let id)? = map["id"] else { return nil }
    var holds: Bool?
    if case .bool(let flag)? = map["holds"] { holds = flag }
    var message: SafeText = ""
    if case .text(let text)? = map["message"] { message = SafeText(escaping: text, limit: .max) }
    return Condition(id: id, holds: holds, message: message)
  }
}

extension RunPlan.Continuation {
  var value: RunValue { .map(["run": .text(run), "journal": .text(journal), "done": .list(done.map { .text($0) })]) }

  init?(_ value: RunValue) {
    guard case .map(let map) = value, case .text(let run)? = map["run"], case .text(let journal)? = map["journal"],
      case .list(let list)? = map["done"]
    else { return nil }
    self.init(run: run, journal: journal, done: list.compactMap { if case .text(let text) = $0 { text } else { nil } })
  }
}
