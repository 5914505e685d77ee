public import OpsModel

/// What a step does. Everything that comes from parameters or outputs is a `Template`; everything that decides what is run is plain text
/// of the file.
public indirect enum StepAction: Sendable {
  case cmd(argv: [Template], stdin: Template?, env: [String: Template])
  case run(Script)
  case ssh(Script, hosts: Template?)
  case sql(Statement)
  case redis(Connection, [Template])
  case redisScan(Scan)
  case queue(QueueAction)
  case http(Request)
  case ansible(Playbook)
  case kubectl(argv: [Template], context: Template, namespace: Template?)
  case assert(Expression, message: SafeText?)
  case wait(Wait)
  case approve(Approval)
  case prompt(text: Template, choices: [String])
  case note(Template)
  case runbook(id: String, hash: String, parameters: [String: Template])

  /// The key of the format.
  public var name: String {
    switch self {
    case .cmd: "cmd"
    case .run: "run"
    case .ssh: "ssh"
    case .sql: "sql"
    case .redis: "redis"
    case .redisScan: "redis_scan"
    case .queue: "queue"
    case .http: "http"
    case .ansible: "ansible"
    case .kubectl: "kubectl"
    case .assert: "assert"
    case .wait: "wait"
    case .approve: "approve"
    case .prompt: "prompt"
    case .note: "note"
    case .runbook: "runbook"
    }
  }

  /// Whose servers: a source of the configuration, or the host of a group that a parameter names.
  public struct Connection: Hashable, Sendable {
    public let name: String
    /// Nil where `name` is a source; otherwise `name` is a group of hosts.
    public let host: Template?
  }

  /// A fixed text; parameters reach it as arguments and as `P_<NAME>` alone.
  public struct Script: Hashable, Sendable {
    public let shell: String
    public let text: String
    public let arguments: [Template]
  }

  /// One statement, extended protocol, one transaction.
  public struct Statement: Sendable {
    public let connection: Connection
    public let query: String
    public let arguments: [Template]
    /// Other counts roll it back.
    public let rows: ClosedRange<Int>?
  }

  /// A walk over keys with one command for each.
  public struct Scan: Sendable {
    public let connection: Connection
    public let pattern: String
    public let type: String?
    public let most: Int
    public let perSecond: Double
    /// `{key}` stands for the key.
    public let each: [Template]
  }

  public struct Request: Sendable {
    public let connection: Connection
    public let method: String
    public let path: Template
    public let query: [(name: String, value: Template)]
    public let json: Body?
    /// Answers that are none of these fail the step.
    public let expected: [Int]
  }

  /// JSON with templates at its leaves.
  public indirect enum Body: Hashable, Sendable {
    /// A number, a flag or nothing, as the file has it.
    case plain(RunValue)
    case value(Template)
    case list([Body])
    case map([String: Body])
  }

  public struct Playbook: Sendable {
    public let path: String
    public let inventory: String
    public let limit: Template?
    public let variables: [String: Template]
    public let isChecked: Bool
    public let showsDifference: Bool
  }

  public struct Wait: Sendable {
    public let probe: Probe?
    public let until: Expression
    /// Seconds between two looks; for how long it must stay so; and at most.
    public let every: Double
    public let hold: Double
    public let timeout: Double
  }

  public struct Approval: Hashable, Sendable {
    public let least: Int
    public let group: String
    public let notInitiator: Bool
    public let timeout: Double
  }
}
