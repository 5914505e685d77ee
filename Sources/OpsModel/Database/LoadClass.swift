/// What active sessions of a database are at, in the classes of `pg_stat_activity.wait_event_type`.
public enum LoadClass: String, CaseIterable, Sendable, Codable {
  case cpu, lock, lwlock, io, client, other

  /// - Parameter waitType: nil means on a processor, or a wait that is not instrumented.
  public init(waitType: SafeText?) {
    switch waitType?.text {
    case nil: self = .cpu
    case "Lock": self = .lock
    case "LWLock", "BufferPin": self = .lwlock
    case "IO": self = .io
    case "Client": self = .client
    default: self = .other
    }
  }

  public var name: SafeText { SafeText(checked: rawValue) }
}
