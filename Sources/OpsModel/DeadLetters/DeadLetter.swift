/// Work that a queue system gave up on and still holds, as a list shows it.
public struct DeadLetter: Sendable {
  public let id: ResourceID
  public let target: Target
  /// The id as the system prints it.
  public let name: SafeText
  public let queue: SafeText
  public var task: SafeText?
  public var errorType: SafeText?
  public var message: SafeText?
  public var arguments: SafeText?
  /// Unix times.
  public var failedAt: Double?
  public var createdAt: Double?
  /// When the system throws it away by itself.
  public var expiresAt: Double?
  public var attempts: Int?
  public var attemptLimit: Int?
  /// Bytes of the stored work.
  public var size: Int?
  /// Why it can not be retried; nil where it can.
  public var whyNot: SafeText?

  public init(source: SafeText, target: Target, kind: ResourceID.Kind = .deadLetter, name: SafeText, queue: SafeText) {
    self.target = target
    self.name = name
    self.queue = queue
    id = Target.identity(source: source, kind: kind, scope: target.scope, key: target.key)
  }

  public static let filterFields: [FilterField] = [
    FilterField("task", .text, aliases: ["name"]), FilterField("error", .text, aliases: ["type"]), FilterField("message", .text),
    FilterField("queue", .text), FilterField("args", .text, aliases: ["arguments"]), FilterField("id", .text),
    FilterField("age", .number), FilterField("attempts", .number), FilterField("size", .number),
  ]

  /// What a filter compares; ages are reckoned from `now`, a unix time.
  public func value(_ field: String, now: Double) -> FilterValue {
    func word(_ text: SafeText?) -> FilterValue { text.map { .text($0) } ?? .unknown }
    func number(_ value: Double?) -> FilterValue { value.map { .number($0) } ?? .unknown }
    switch field {
    case "task": return word(task)
    case "error": return word(errorType)
    case "message": return word(message)
    case "queue": return word(queue)
    case "args": return word(arguments)
    case "id": return word(name)
    case "age": return number(failedAt.map { max(0, now - $0) })
    case "attempts": return number(attempts.map(Double.init))
    case "size": return number(size.map(Double.init))
    default: return .unknown
    }
  }
}
