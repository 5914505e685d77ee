public import OpsModel

/// What a step does, with every value in its place: bytes that go to a program or a server as they are.
public indirect enum ResolvedAction: Sendable {
  case cmd(argv: [String], stdin: String?, env: [String: String])
  case run(shell: String, text: String, arguments: [String])
  /// `host` is nil where the step is done on many.
  case ssh(host: String?, shell: String, text: String, arguments: [String])
  case sql(ResolvedConnection, query: String, arguments: [RunValue], rows: ClosedRange<Int>?)
  case redis(ResolvedConnection, [String])
  case redisScan(ResolvedConnection, pattern: String, type: String?, most: Int, perSecond: Double, each: [String])
  case queue(ResolvedQueue)
  case http(ResolvedConnection, ResolvedRequest)
  case ansible(path: String, inventory: String, limit: [String], variables: [String: RunValue], isChecked: Bool, showsDifference: Bool)
  case kubectl(context: String, namespace: String?, argv: [String])
  case assert(Expression, message: SafeText?)
  case wait(StepAction.Wait)
  case approve(StepAction.Approval)
  case prompt(text: String, choices: [String])
  case note(String)
  case runbook(id: String, hash: String, parameters: [String: RunValue])

  /// What a shell reads; nil where none does.
  public var script: String? {
    switch self {
    case .run(_, let text, let arguments), .ssh(_, _, let text, let arguments): ([text] + arguments).joined(separator: "\n")
    default: nil
    }
  }
}

/// A source of the configuration, or a host of a group.
public struct ResolvedConnection: Hashable, Sendable {
  public let name: String
  public let host: String?

  public init(name: String, host: String?) {
    self.name = name
    self.host = host
  }

  public var shown: SafeText { SafeText(escaping: host.map { "\(name)/\($0)" } ?? name, limit: 100) }
}

/// One request; nothing in it has to be encoded any more.
public struct ResolvedRequest: Sendable {
  public let method: String
  /// Path and query, percent-encoded.
  public let target: String
  /// JSON.
  public let body: [UInt8]?
  public let expected: [Int]
}

/// A verb of the gate, or a look at a queue.
public struct ResolvedQueue: Sendable {
  public let name: QueueAction.Name
  public let connection: ResolvedConnection
  public let source: String?
  /// Nil where others select.
  public var ids: [String]?
  public var errorContains: String?
  public var task: String?
  public var olderThan: Double?
  public var most: Int?
  public var isOldestFirst = true
  public var size: Int?
  public var perSecond: Double?
  public var pause = 0.0
  public var halt: QueueAction.Halt?
  public var arguments: [String: String] = [:]
}
