import Gate
public import OpsModel

/// What a run will do with these parameters, frozen: shown to the operator, confirmed by its hash, and carried out as it stands here.
public struct RunPlan: Sendable {
  /// One step as it will be done.
  public struct Step: Sendable {
    public var path: String
    public var kind: String
    public var words: SafeText
    public var guarantee: SafeText
    public var isRead: Bool
    /// That it only reads is the author's word.
    public var isClaimed = false
    /// On more than one host.
    public var isMany = false
    /// On how many hosts it is done; nil for a step without hosts, and where earlier steps tell.
    public var hosts: Int?
    /// How many of them are under way at the same time at most.
    public var atOnce: Int?
    /// The run whose rest is planned has done it: it is not done again.
    public var isDone = false
    /// Items that are frozen.
    public var targets: Int?
    /// What looking showed, and what was not simulated.
    public var notes: [SafeText] = []
    /// Why it can not be done; the plan can not be confirmed then.
    public var problem: SafeText?

    public init(path: String, kind: String, words: SafeText, guarantee: SafeText, isRead: Bool) {
      self.path = path
      self.kind = kind
      self.words = words
      self.guarantee = guarantee
      self.isRead = isRead
    }
  }

  /// The run whose rest this one does, bound to what is written down of it.
  public struct Continuation: Hashable, Sendable {
    public let run: String
    /// The hash of the last line of its journal.
    public let journal: String
    /// Paths that are not done again: of steps, and of hosts of a step.
    public let done: [String]

    public init(run: String, journal: String, done: [String]) {
      self.run = run
      self.journal = journal
      self.done = done
    }
  }

  /// What must hold, and whether it did when the plan was made.
  public struct Condition: Sendable {
    public let id: String
    /// Nil where it could not be looked at.
    public let holds: Bool?
    public let message: SafeText

    public init(id: String, holds: Bool?, message: SafeText) {
      self.id = id
      self.holds = holds
      self.message = message
    }
  }

  /// Who made it, as the system says.
  public struct Person: Hashable, Sendable {
    public let name: String
    public let uid: Int
    /// The account of the login, which `sudo` does not change.
    public let loginUID: Int?
    /// Who `sudo` says was there before.
    public var sudoUID: Int?

    public init(name: String, uid: Int, loginUID: Int?) {
      self.name = name
      self.uid = uid
      self.loginUID = loginUID
    }
  }

  public var id = ""
  public var title: SafeText = ""
  public var version = 1
  /// SHA-256 of the file.
  public var fileHash = ""
  public var file = ""
  public var environment = ""
  public var risk = Runbook.Risk.high
  /// Without the sensitive ones.
  public var parameters: [String: RunValue] = [:]
  public var sensitive: [String] = []
  public var lock = ""
  /// Whom it excludes.
  public var lockReach: SafeText = ""
  public var frozen: [String: [String]] = [:]
  /// Texts of runbooks that steps call, by hash.
  public var called: [String: String] = [:]
  public var conditions: [Condition] = []
  public var steps: [Step] = []
  /// Others who are connected to the same servers.
  public var company: [SafeText] = []
  public var warnings: [SafeText] = []
  /// The configuration that it was made with, and SHA-256 of it; empty where there is none.
  public var configuration = ""
  public var configurationHash = ""
  /// SHA-256 of files that steps name, by path: playbooks, inventories.
  public var files: [String: String] = [:]
  /// Over the sensitive parameters, with a salt: they can not be others when it is carried out.
  public var sensitiveSalt = ""
  public var sensitiveDigest = ""
  /// A step asks for as much as a typed name: by its verb, by an approval, by what is chosen only later.
  public var needsTyping = false
  /// Nil for a run that begins at its beginning.
  public var continues: Continuation?
  /// The alert that it answers.
  public var alert: String?
  public var by = Person(name: "", uid: 0, loginUID: nil)
  /// Unix time.
  public var at = 0.0
  /// The same by the clock that nobody sets; nil in plans of older versions.
  public var madeAt: SteadyTime?
  public var life = 600.0

  /// Seconds since it was made. Where the machine was started anew in between the calendar tells.
  public func age(at now: Moment, boot: String) -> Double {
    madeAt?.seconds(to: SteadyTime(seconds: now.steady, boot: boot)) ?? max(0, now.unix - at)
  }

  public init() {}

  /// Different items of all steps; known also while the lists themselves are not read.
  public var items: Int { counted ?? frozen.values.reduce(0) { $0 + $1.count } }
  var counted: Int?

  /// Whoever froze the lists knows which items stand in several of them.
  public mutating func count(_ items: Int) { counted = items }

  /// The hash that stands in the file it was read from.
  var written = ""

  /// Whether it is what it was when it was confirmed; asked with the frozen items taken up.
  public var isIntact: Bool { written == hash && called.allSatisfy { $0.key == Self.hex(SHA256.hash(data: Array($0.value.utf8))) } }
  public var hasApproval: Bool { steps.contains { $0.kind == "approve" } }
  public var onlyReads: Bool { steps.allSatisfy { $0.isRead || $0.isDone } }

  /// Why it can not be run; empty where it can.
  public var obstacles: [SafeText] {
    conditions.filter { $0.holds != true }.map { "\(SafeText(escaping: $0.id, limit: 60)): \($0.message)" }
      + steps.compactMap { step in step.problem.map { "\(SafeText(escaping: step.path, limit: 100)): \($0)" } }
  }

  /// Over everything that decides what is done: whoever confirms or approves it does so for this and nothing else.
  public var hash: String {
    var parts: [String: RunValue] = [
      "file": .text(fileHash), "environment": .text(environment), "parameters": .map(parameters), "lock": .text(lock),
      "sensitive": .list(sensitive.map { .text($0) }), "called": .list(called.keys.sorted().map { .text($0) }),
      "frozen": .map(frozen.mapValues { .list($0.map { .text($0) }) }), "uid": .int(by.uid), "at": .number(at),
      "login_uid": by.loginUID.map { .int($0) } ?? .null, "sudo_uid": by.sudoUID.map { .int($0) } ?? .null,
      "configuration": .text(configuration), "configuration_hash": .text(configurationHash), "files": .map(files.mapValues { .text($0) }),
      "sensitive_digest": .text(sensitiveDigest),
    ]
    if let continues { parts["continues"] = continues.value }
    return Self.hex(SHA256.hash(data: Array(RunValue.map(parts).exact.compact().utf8)))
  }

  /// What a plan holds in place of values that must not be written down.
  public static func digest(_ values: [String: RunValue], salt: String) -> String {
    values.isEmpty ? "" : hex(SHA256.hash(data: Array((salt + RunValue.map(values).exact.compact()).utf8)))
  }

  /// SHA-256 in hexadecimal.
  public static func digest(of bytes: [UInt8]) -> String { hex(SHA256.hash(data: bytes)) }

  public static func hex(_ digest: some Sequence<UInt8>) -> String {
    digest.map { byte in
      let text = String(byte, radix: 16)
      return text.count == 1 ? "0" + text : text
    }.joined()
  }
}
