/// One machine as the kernel tells it: pressure, memory, control groups. Shares from 0 to 1, bytes, seconds.
public struct HostState: Sendable, Codable {
  public let name: SafeText
  public var cores: Int?
  public var load: Double?
  public var memory: Double?
  public var available: Double?
  public var swapUsed: Double?
  /// Cores in use.
  public var cpu: Double?
  /// Share of time in which some, or all, were waiting, since the last look.
  public var pressure: [Pressure] = []
  /// Processes killed for want of memory: since start, and in the last ten minutes, as far as this console saw it.
  public var oomKills: Int?
  public var newOOMKills: Int?
  /// Connections dropped because a queue of `accept` was full, per second.
  public var overflows: Double?
  public var groups: [ControlGroup] = []
  public var listeners: [Listener] = []
  public var processes: Int?
  public var uptime: Double?
  public var kernel: SafeText?

  public init(name: SafeText) { self.name = name }

  /// Pressure stall information of one resource.
  public struct Pressure: Hashable, Sendable, Codable {
    public enum Resource: String, Hashable, Sendable, CaseIterable, Codable { case cpu, io, memory }

    public let resource: Resource
    /// Share of time in which at least one task waited, and in which all did.
    public var some: Double?
    public var full: Double?
    /// The kernel's own mean over ten seconds.
    public var some10: Double?
    public var full10: Double?

    public init(_ resource: Resource) { self.resource = resource }
  }

  /// A control group with processes that are shown.
  public struct ControlGroup: Hashable, Sendable, Codable {
    public let path: SafeText
    public var version = 2
    public var processes = 0
    /// Cores in use and allowed.
    public var cpu: Double?
    public var cpuLimit: Double?
    /// Share of periods that were throttled.
    public var throttled: Double?
    public var memory: Double?
    public var memoryLimit: Double?
    /// Share of time in which some task waited for memory.
    public var memoryPressure: Double?
    public var oomKills: Int?
    public var newOOMKills: Int?

    public init(path: SafeText) { self.path = path }
  }

  /// A socket that listens, with what waits there; `pid` where its owner could be found.
  public struct Listener: Hashable, Sendable, Codable {
    public let address: SafeText
    public let backlog: Int
    public var limit: Int?
    public var pid: Int?

    public init(address: SafeText, backlog: Int, limit: Int? = nil, pid: Int? = nil) {
      self.address = address
      self.backlog = backlog
      self.limit = limit
      self.pid = pid
    }
  }
}
